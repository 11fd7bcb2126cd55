// One app on Flex Consumption: the package, the functions of it that run here, and settings without a secret.
param place object
param name string
param serviceName string
param identity object
param connections object
param cosmosEndpoint string
param eventHubsHostName string
param topicEndpoint string
param hostStorageName string
param packages string
param insightsName string
param workspaceId string
param requestLogs bool
param disabledFunctions string[]
param scale object
param settings object
param subnetId string

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

var connected = {
  AzureWebJobsStorage__accountName: hostStorageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
  // Host and code sample alike, so that a trace is kept whole; what must be counted is a metric, and never sampled.
  OTEL_SERVICE_NAME: serviceName
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio'
  // The worker hands the host's place in the trace on, and leaves logs to the code.
  PYTHON_ENABLE_OPENTELEMETRY: 'true'
  '${connections.cosmos}__accountEndpoint': cosmosEndpoint
  '${connections.cosmos}__credential': 'managedidentity'
  '${connections.cosmos}__clientId': identity.clientId
  '${connections.eventHubs}__fullyQualifiedNamespace': eventHubsHostName
  '${connections.eventHubs}__credential': 'managedidentity'
  '${connections.eventHubs}__clientId': identity.clientId
  '${connections.eventGrid}__topicEndpointUri': topicEndpoint
  '${connections.eventGrid}__credential': 'managedidentity'
  '${connections.eventGrid}__clientId': identity.clientId
}
var switches = toObject(disabledFunctions, function => 'AzureWebJobs.${function}.Disabled', function => 'true')

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  // checkov:skip=CKV_AZURE_225: zoneRedundant spreads it; it is not free, and so not the default
  name: 'plan-${name}'
  location: place.location
  tags: place.tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: scale.zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  // checkov:skip=CKV_AZURE_17: callers show function keys; a gateway in front may ask for certificates
  // checkov:skip=CKV_AZURE_212: Flex Consumption counts always ready instances instead, see alwaysReady
  // checkov:skip=CKV_AZURE_213: Flex Consumption has no health check; the web test asks /api/health
  // checkov:skip=CKV_AZURE_222: the API is there to be called
  name: name
  location: place.location
  tags: union(place.tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packages
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: scale.instanceMemoryMB
        maximumInstanceCount: scale.maximumInstanceCount
        alwaysReady: map(items(scale.alwaysReady), group => { name: group.key, instanceCount: group.value })
        triggers: {
          // The default of 1 would give every command an instance of its own, and make batches impossible.
          http: {
            perInstanceConcurrency: scale.httpConcurrency
          }
        }
      }
      // Instances finish what they hold before they go; the default would end them in the middle.
      siteUpdateStrategy: {
        type: 'RollingUpdate'
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      appSettings: map(items(union(connected, settings, switches)), setting => { name: setting.key, value: setting.value })
    }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    // Application Insights has these lines already: twice only while something is being looked for.
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: requestLogs
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

output name string = app.name
output hostName string = app.properties.defaultHostName
