// What one app may do with the data, and no more: one assignment for each container, each hub, and the topic.
param principalId string
param database string
param containers object
param hubs object
param topic bool
param cosmosName string
param cosmosRoles object
param eventHubsName string
param topicName string
param hostStorageName string
param insightsName string

var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageQueueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
var eventGridDataSender = 'd5a91429-5739-47e2-a06b-3470a27159e7'
var eventHubsRoles = {
  send: '2b629674-e913-4c01-ae53-ef4638d8f975'
  receive: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'
}

// The host keeps its leases, checkpoints and packages here, and looks for diagnostic tables and queues.
var hostRoles = [storageBlobDataOwner, storageQueueDataContributor, storageTableDataContributor]
var hubRights = flatten(map(items(hubs), hub => map(hub.value, right => { hub: hub.key, right: right })))

resource cosmos 'Microsoft.DocumentDB/databaseAccounts@2024-05-15' existing = {
  name: cosmosName
}

resource mayAskTheAccount 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2024-05-15' = {
  parent: cosmos
  name: guid(cosmos.id, principalId, 'metadata')
  properties: {
    principalId: principalId
    roleDefinitionId: cosmosRoles.metadata
    scope: cosmos.id
  }
}

@batchSize(1)
resource mayUseContainers 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2024-05-15' = [for container in items(containers): {
  parent: cosmos
  name: guid(cosmos.id, principalId, container.key)
  properties: {
    principalId: principalId
    roleDefinitionId: cosmosRoles[container.value]
    scope: '${cosmos.id}/dbs/${database}/colls/${container.key}'
  }
  dependsOn: [mayAskTheAccount]
}]

resource eventHubs 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: eventHubsName
}

resource hub 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' existing = [for one in hubRights: {
  parent: eventHubs
  name: one.hub
}]

// On the hub, not on its groups: a trigger asks the hub for its partitions before it reads as a group.
resource mayUseHubs 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (one, i) in hubRights: {
  scope: hub[i]
  name: guid(eventHubs.id, one.hub, principalId, one.right)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventHubsRoles[one.right])
  }
}]

resource eventGrid 'Microsoft.EventGrid/topics@2025-02-15' existing = {
  name: topicName
}

resource mayNotify 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (topic) {
  scope: eventGrid
  name: guid(eventGrid.id, principalId, eventGridDataSender)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventGridDataSender)
  }
}

resource hostStorage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: hostStorageName
}

resource mayHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in hostRoles: {
  scope: hostStorage
  name: guid(hostStorage.id, principalId, role)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource mayReport 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, principalId, monitoringMetricsPublisher)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}
