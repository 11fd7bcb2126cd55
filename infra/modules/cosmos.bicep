// The store. Containers, keys and indexes come from names.json, the file that the code reads.
param place object
param names object
@allowed(['serverless', 'autoscale'])
param capacity string
param throughput object
@allowed(['Continuous7Days', 'Continuous30Days'])
param backup string
param zoneRedundant bool
param locked bool
param workspaceId string
param requestLogs bool
param access object

var serverless = capacity == 'serverless'
var categories = [
  {
    category: 'ControlPlaneRequests'
    enabled: true
  }
  {
    category: 'PartitionKeyStatistics'
    enabled: true
  }
  // One row a request: worth its money only while something is being looked for.
  {
    category: 'DataPlaneRequests'
    enabled: requestLogs
  }
  {
    category: 'PartitionKeyRUConsumption'
    enabled: requestLogs
  }
]

resource account 'Microsoft.DocumentDB/databaseAccounts@2024-05-15' = {
  // checkov:skip=CKV_AZURE_101: privateNetworking closes it; by default identities alone are let in
  name: 'cosmos-${place.token}'
  location: place.location
  tags: place.tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    // A writer must see every commit that was acknowledged before it decides: no weaker level does.
    consistencyPolicy: {
      defaultConsistencyLevel: 'Strong'
    }
    // Two write regions would let two writers take one version of a stream.
    enableMultipleWriteLocations: false
    enableAutomaticFailover: false
    locations: [
      {
        locationName: place.location
        failoverPriority: 0
        isZoneRedundant: zoneRedundant
      }
    ]
    capabilities: serverless ? [
      {
        name: 'EnableServerless'
      }
    ] : []
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: {
        tier: backup
      }
    }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: access.closed ? 'Disabled' : 'Enabled'
    networkAclBypass: 'None'
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2024-05-15' = {
  parent: account
  name: names.database
  properties: {
    resource: {
      id: names.database
    }
  }
}

resource containers 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2024-05-15' = [for container in items(names.containers): {
  parent: database
  name: container.key
  properties: {
    resource: union(
      {
        id: container.key
        partitionKey: {
          paths: [container.value.partitionKey]
          kind: 'Hash'
          version: 2
        }
      },
      contains(container.value, 'uniqueKeys') ? {
        uniqueKeyPolicy: {
          uniqueKeys: map(container.value.uniqueKeys, path => { paths: [path] })
        }
      } : {},
      contains(container.value, 'indexingPolicy') ? { indexingPolicy: container.value.indexingPolicy } : {},
      contains(container.value, 'timeToLive') ? { defaultTtl: container.value.timeToLive } : {}
    )
    options: serverless ? {} : {
      autoscaleSettings: {
        maxThroughput: contains(throughput, container.key) ? throughput[container.key] : throughput.others
      }
    }
  }
}]

// What "append" means in apps.json: an identity that writes commits can neither change nor delete one.
resource append 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2024-05-15' = {
  parent: account
  name: guid(account.id, 'append')
  properties: {
    roleName: 'Onewrite append'
    type: 'CustomRole'
    assignableScopes: [account.id]
    permissions: [
      {
        dataActions: [
          'Microsoft.DocumentDB/databaseAccounts/readMetadata'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/executeQuery'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/readChangeFeed'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/create'
          'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read'
        ]
      }
    ]
  }
}

// A client asks the account for its regions before it asks a container for anything.
resource metadata 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2024-05-15' = {
  parent: account
  name: guid(account.id, 'metadata')
  properties: {
    roleName: 'Onewrite metadata'
    type: 'CustomRole'
    assignableScopes: [account.id]
    permissions: [
      {
        dataActions: ['Microsoft.DocumentDB/databaseAccounts/readMetadata']
      }
    ]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  scope: account
  name: 'the-store-stays'
  properties: {
    level: 'CanNotDelete'
    notes: 'Everything else can be built again from the store.'
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: categories
    metrics: [
      {
        category: 'Requests'
        enabled: true
      }
    ]
  }
}

module door 'private-endpoint.bicep' = if (access.closed) {
  name: 'pe-cosmos'
  params: {
    name: 'pe-cosmos-${place.token}'
    place: place
    subnetId: access.subnetId
    serviceId: account.id
    groupId: 'Sql'
    zoneId: access.closed ? access.zoneIds.cosmos : ''
  }
}

output id string = account.id
output name string = account.name
output endpoint string = account.properties.documentEndpoint
output roles object = {
  read: '${account.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000001'
  append: append.id
  write: '${account.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002'
  metadata: metadata.id
}
