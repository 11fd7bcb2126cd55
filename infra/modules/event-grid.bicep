// The topic of the notifications. Its subscriptions come after the code: see event-subscriptions.bicep.
param place object
param deadLetterAccountName string
param deadLetterContainer string
param workspaceId string
param access object

var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: 'evgt-${place.token}'
  location: place.location
  tags: place.tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
    publicNetworkAccess: access.closed ? 'Disabled' : 'Enabled'
  }
}

resource deadLetterAccount 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: deadLetterAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource folder 'containers' existing = {
      name: deadLetterContainer
    }
  }
}

resource mayDeadLetter 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: deadLetterAccount::blobs::folder
  name: guid(deadLetterAccount.id, deadLetterContainer, topic.id, storageBlobDataContributor)
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: topic
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'DeliveryFailures'
        enabled: true
      }
      {
        category: 'PublishFailures'
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
  name: 'pe-event-grid'
  params: {
    name: 'pe-evgt-${place.token}'
    place: place
    subnetId: access.subnetId
    serviceId: topic.id
    groupId: 'topic'
    zoneId: access.closed ? access.zoneIds.eventGrid : ''
  }
}

output id string = topic.id
output name string = topic.name
output endpoint string = topic.properties.endpoint
