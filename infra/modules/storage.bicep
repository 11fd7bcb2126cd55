// A storage account that knows identities only. The hosts have one each (leases of timers, checkpoints, packages),
// and one more keeps what Event Hubs captured and what Event Grid could not deliver.
param place object
param name string
param containers string[]
param expireAfterDays int = 0
param replication string
param workspaceId string
param access object

var services = ['blob', 'queue', 'table']

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: name
  location: place.location
  tags: place.tags
  kind: 'StorageV2'
  sku: {
    name: replication
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: access.closed ? 'Disabled' : 'Enabled'
    networkAcls: {
      // Capture and dead-lettering come as trusted services, with an identity and a role.
      bypass: 'AzureServices'
      defaultAction: access.closed ? 'Deny' : 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource folders 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = [for container in containers: {
  parent: blobs
  name: container
  properties: {
    publicAccess: 'None'
  }
}]

resource expiry 'Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01' = if (expireAfterDays > 0) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'expire'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: expireAfterDays
                }
              }
            }
          }
        }
      ]
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

module doors 'private-endpoint.bicep' = [for service in filter(services, one => access.closed): {
  name: 'pe-${name}-${service}'
  params: {
    name: 'pe-${name}-${service}'
    place: place
    subnetId: access.subnetId
    serviceId: account.id
    groupId: service
    zoneId: access.zoneIds[service]
  }
}]

output id string = account.id
output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
