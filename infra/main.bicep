// The whole of it, in the order of the flow. The names come from shared/names.json, what each app runs and may do
// from apps.json. After the code is deployed, event-subscriptions.bicep follows.
targetScope = 'subscription'

@description('The name of the environment; every resource is tagged with it, and named after it by a hash.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('The one region: Strong consistency with a single write region costs no latency only when all is near.')
param location string

@description('Three apps of the one package, each with an identity and rights of its own, instead of one app.')
param split bool = false

@description('Serverless is cheaper as long as the average load is below an eighth of the peak.')
@allowed(['serverless', 'autoscale'])
param cosmosCapacity string = 'serverless'

@description('With autoscale: the most request units a second of a container, by its name, and of all others.')
param cosmosThroughput object = { events: 4000, views: 4000, others: 1000 }

@description('How far back the store can be restored.')
@allowed(['Continuous7Days', 'Continuous30Days'])
param cosmosBackup string = 'Continuous30Days'

@description('Keep the store, the log and the topic off the public network.')
param privateNetworking bool = false

@description('The account of the store, when it is not the one that is made here first: after a restore.')
param storeName string = ''

@description('Spread over availability zones what can be: the store, the storage, the apps.')
param zoneRedundant bool = false

@description('Refuse to delete the store.')
param storeLocked bool = false

@description('Keep instances where waking up from none is unreliable. Only a place to try things can do without.')
param alwaysReady bool = true

@description('Throughput units of Event Hubs: to start with, and at most.')
param eventHubsCapacity int = 1
param eventHubsMaximumCapacity int = 10

@description('Memory of an instance of an app.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('HTTP requests that one instance takes at a time.')
param httpConcurrency int = 64

@description('Milliseconds between two looks at a change feed that had nothing new.')
param pollDelay int = 500

@description('When the sweep runs (NCRONTAB).')
param sweepSchedule string = '0 * * * * *'

@description('Who may deliver events of others, see docs/webhooks.md. What is empty admits nobody.')
param webhook object = { origins: 'eventgrid.azure.net', subscriptions: '', audience: '', secretsUri: '' }

@description('Days that logs are kept, that captured events are kept (0: for ever).')
param logRetentionDays int = 30
param captureRetentionDays int = 0

@description('Log every request to the store and every line of the apps twice: while something is being looked for.')
param requestLogs bool = false

@description('The share of traces that is kept, 0 to 1. Metrics count everything.')
param traceShare string = '0.02'

@description('Who is told of alerts; empty: nobody, the alerts are only shown.')
param alertEmail string = ''

var names = loadJsonContent('../shared/names.json')
var roles = loadJsonContent('apps.json')
var place = {
  token: uniqueString(subscription().id, environmentName, location)
  location: location
  tags: { 'azd-env-name': environmentName, application: 'onewrite' }
}
var capturedHub = 'events'
var captureContainer = 'capture'
var deadLetterContainer = 'dead-letters'
var everyFunction = flatten(map(items(roles), role => role.value.functions))

// Each app: its name for azd, what it runs, what it may do. One app runs everything, and may do all of it.
var separate = map(items(roles), role => union(role.value, { name: replace(role.key, '_', '-') }))
var together = [
  {
    name: 'onewrite'
    functions: everyFunction
    alwaysReady: union(roles.command_api.alwaysReady, roles.single_publisher.alwaysReady, roles.consumers.alwaysReady)
    containers: union(roles.command_api.containers, roles.single_publisher.containers, roles.consumers.containers)
    hubs: union(roles.command_api.hubs, roles.single_publisher.hubs, roles.consumers.hubs)
    topic: true
  }
]
var apps = split ? separate : together // sorted by name: the API comes first

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: place.tags
}

module observability 'modules/observability.bicep' = {
  scope: group
  name: 'observability'
  params: {
    place: place
    retentionDays: logRetentionDays
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  scope: group
  name: 'network'
  params: { place: place }
}

var appsSubnetId = privateNetworking ? network!.outputs.appsSubnetId : ''
// How the data is reached: over the public network, or through a private endpoint in this subnet.
var access = {
  closed: privateNetworking
  subnetId: privateNetworking ? network!.outputs.dataSubnetId : ''
  zoneIds: privateNetworking ? network!.outputs.zoneIds : {}
}
var replication = zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'

module cosmos 'modules/cosmos.bicep' = {
  scope: group
  name: 'cosmos'
  params: {
    place: place
    name: empty(storeName) ? 'cosmos-${place.token}' : storeName
    names: names
    capacity: cosmosCapacity
    throughput: cosmosThroughput
    backup: cosmosBackup
    zoneRedundant: zoneRedundant
    locked: storeLocked
    workspaceId: observability.outputs.workspaceId
    requestLogs: requestLogs
    access: access
  }
}

module archive 'modules/storage.bicep' = {
  scope: group
  name: 'archive'
  params: {
    name: 'st${place.token}'
    place: place
    containers: [captureContainer, deadLetterContainer]
    expireAfterDays: captureRetentionDays
    replication: replication
    workspaceId: observability.outputs.workspaceId
    access: access
  }
}

module eventHubs 'modules/event-hubs.bicep' = {
  scope: group
  name: 'event-hubs'
  params: {
    place: place
    hubs: names.hubs
    capturedHub: capturedHub
    captureAccountName: archive.outputs.name
    captureContainer: captureContainer
    capacity: eventHubsCapacity
    maximumCapacity: eventHubsMaximumCapacity
    workspaceId: observability.outputs.workspaceId
    access: access
  }
}

module eventGrid 'modules/event-grid.bicep' = {
  scope: group
  name: 'event-grid'
  params: {
    place: place
    deadLetterAccountName: archive.outputs.name
    deadLetterContainer: deadLetterContainer
    workspaceId: observability.outputs.workspaceId
    access: access
  }
}

module functions 'modules/app.bicep' = [for app in apps: {
  scope: group
  name: 'app-${app.name}'
  params: {
    place: place
    access: access
    app: union(app, { disabled: filter(everyFunction, function => !contains(app.functions, function)) })
    names: names
    appsSubnetId: appsSubnetId
    replication: replication
    scale: {
      alwaysReady: alwaysReady ? app.alwaysReady : {}
      instanceMemoryMB: instanceMemoryMB
      maximumInstanceCount: 100
      httpConcurrency: httpConcurrency
      zoneRedundant: zoneRedundant
    }
    settings: {
      CHANGE_FEED_POLL_DELAY: string(pollDelay)
      SWEEP_SCHEDULE: sweepSchedule
      OTEL_TRACES_SAMPLER_ARG: traceShare
    }
    webhook: webhook
    cosmos: { name: cosmos.outputs.name, endpoint: cosmos.outputs.endpoint, roles: cosmos.outputs.roles }
    eventHubs: { name: eventHubs.outputs.name, hostName: eventHubs.outputs.hostName }
    topic: { name: eventGrid.outputs.name, endpoint: eventGrid.outputs.endpoint }
    insightsName: observability.outputs.insightsName
    workspaceId: observability.outputs.workspaceId
    requestLogs: requestLogs
  }
}]

module alerts 'modules/alerts.bicep' = {
  scope: group
  name: 'alerts'
  params: {
    place: place
    email: alertEmail
    workspaceId: observability.outputs.workspaceId
    insightsId: observability.outputs.insightsId
    cosmosId: cosmos.outputs.id
    eventHubsId: eventHubs.outputs.id
    topicId: eventGrid.outputs.id
    healthUrl: 'https://${functions[0].outputs.hostName}/api/health'
    privateNetworking: privateNetworking
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output ONEWRITE_APPS array = [for (app, i) in apps: functions[i].outputs.name]
output ONEWRITE_API string = 'https://${functions[0].outputs.hostName}/api'
output ONEWRITE_TOPIC string = eventGrid.outputs.name
output ONEWRITE_DEAD_LETTER_ACCOUNT string = archive.outputs.name
output ONEWRITE_DEAD_LETTER_CONTAINER string = deadLetterContainer
