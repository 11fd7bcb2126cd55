// One app with all that is its own: identity, host storage, rights, and the functions of the package that run in it.
param place object
param access object
param app object
param names object
param appsSubnetId string
param replication string
param scale object
param settings object
param webhook object
param cosmos object
param eventHubs object
param topic object
param insightsName string
param workspaceId string
param requestLogs bool

var login = '${environment().authentication.loginEndpoint}${tenant().tenantId}'
var admitted = union(
  { WEBHOOK_ORIGINS: webhook.origins, WEBHOOK_SUBSCRIPTIONS: webhook.subscriptions },
  empty(webhook.audience) ? {} : {
    WEBHOOK_TOKEN_ISSUER: '${login}/v2.0'
    WEBHOOK_TOKEN_AUDIENCE: webhook.audience
    WEBHOOK_TOKEN_KEYS: '${login}/discovery/v2.0/keys'
  },
  empty(webhook.secretsUri) ? {} : { WEBHOOK_SECRETS: '@Microsoft.KeyVault(SecretUri=${webhook.secretsUri})' }
)
var packageContainer = 'packages'

module identity 'identity.bicep' = {
  name: 'identity-${app.name}'
  params: {
    name: 'id-${app.name}-${place.token}'
    place: place
  }
}

module host 'storage.bicep' = {
  name: 'host-${app.name}'
  params: {
    name: 'st${take(uniqueString(app.name), 4)}${place.token}'
    place: place
    access: access
    containers: [packageContainer]
    replication: replication
    workspaceId: workspaceId
  }
}

module rights 'rights.bicep' = {
  name: 'rights-${app.name}'
  params: {
    principalId: identity.outputs.principalId
    database: names.database
    containers: app.containers
    hubs: app.hubs
    topic: app.topic
    cosmosName: cosmos.name
    cosmosRoles: cosmos.roles
    eventHubsName: eventHubs.name
    topicName: topic.name
    hostStorageName: host.outputs.name
    insightsName: insightsName
  }
}

// After the rights: a trigger that is refused when it starts waits long before it asks again.
module functions 'function-app.bicep' = {
  name: 'functions-${app.name}'
  params: {
    name: 'func-${app.name}-${place.token}'
    serviceName: app.name
    place: place
    identity: {
      id: identity.outputs.id
      clientId: identity.outputs.clientId
    }
    connections: names.connections
    cosmosEndpoint: cosmos.endpoint
    eventHubsHostName: eventHubs.hostName
    topicEndpoint: topic.endpoint
    hostStorageName: host.outputs.name
    packages: '${host.outputs.blobEndpoint}${packageContainer}'
    insightsName: insightsName
    workspaceId: workspaceId
    requestLogs: requestLogs
    disabledFunctions: app.disabled
    scale: scale
    settings: union(settings, contains(app.functions, 'webhook') ? admitted : {})
    subnetId: appsSubnetId
  }
  dependsOn: [rights]
}

output name string = functions.outputs.name
output hostName string = functions.outputs.hostName
