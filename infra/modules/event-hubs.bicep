// The log: hubs and consumer groups of names.json, and Capture of one hub to storage, for replays.
param place object
param hubs object
param capturedHub string
param captureAccountName string
param captureContainer string
param capacity int
param maximumCapacity int
param workspaceId string
param access object

var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var groups = flatten(map(items(hubs), hub => map(hub.value.consumerGroups, group => { hub: hub.key, name: group })))

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: 'evhns-${place.token}'
  location: place.location
  tags: place.tags
  sku: {
    name: 'Standard'
    tier: 'Standard'
    capacity: capacity
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    isAutoInflateEnabled: true
    maximumThroughputUnits: maximumCapacity
    publicNetworkAccess: access.closed ? 'Disabled' : 'Enabled'
  }
}

resource captureAccount 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: captureAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource folder 'containers' existing = {
      name: captureContainer
    }
  }
}

resource mayCapture 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: captureAccount::blobs::folder
  name: guid(captureAccount.id, captureContainer, namespace.id, storageBlobDataContributor)
  properties: {
    principalId: namespace.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
  }
}

resource topics 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = [for hub in items(hubs): {
  parent: namespace
  name: hub.key
  properties: {
    partitionCount: hub.value.partitions
    retentionDescription: {
      cleanupPolicy: 'Delete'
      retentionTimeInHours: hub.value.retentionHours
    }
    captureDescription: hub.key == capturedHub ? {
      enabled: true
      encoding: 'Avro'
      intervalInSeconds: 300
      sizeLimitInBytes: 314572800
      skipEmptyArchives: true
      destination: {
        name: 'EventHubArchive.AzureBlockBlob'
        identity: {
          type: 'SystemAssigned'
        }
        properties: {
          storageAccountResourceId: captureAccount.id
          blobContainer: captureContainer
          archiveNameFormat: '{Namespace}/{EventHub}/{PartitionId}/{Year}/{Month}/{Day}/{Hour}/{Minute}/{Second}'
        }
      }
    } : null
  }
  dependsOn: [mayCapture]
}]

resource consumerGroups 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01' = [for group in groups: {
  name: '${namespace.name}/${group.hub}/${group.name}'
  properties: {}
  dependsOn: [topics]
}]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

module door 'private-endpoint.bicep' = if (access.closed) {
  name: 'pe-event-hubs'
  params: {
    name: 'pe-evhns-${place.token}'
    place: place
    subnetId: access.subnetId
    serviceId: namespace.id
    groupId: 'namespace'
    zoneId: access.closed ? access.zoneIds.eventHubs : ''
  }
}

output id string = namespace.id
output name string = namespace.name
output hostName string = '${namespace.name}.servicebus.windows.net'
