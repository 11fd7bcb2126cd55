// What the Front Door leads to: the API, and staging by weight. Nothing is cached that the API does not say.
import { Place } from '../types.bicep'

param place Place
param apiHostName string
param stagingHostName string
@description('Requests that go to staging for 1,000 that go to the API; 0: none.')
param stagingWeight int

var api = {
  name: 'api'
  hostName: apiHostName
  weight: 1000
}
var next = {
  name: 'staging'
  hostName: stagingHostName
  weight: stagingWeight
}

resource profile 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: 'afd-${place.token}'
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2025-06-01' existing = {
  parent: profile
  name: 'fde-${place.token}'
}

resource group 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = {
  parent: profile
  name: 'api'
  properties: {
    healthProbeSettings: {
      probePath: '/api/health'
      probeProtocol: 'Https'
      probeRequestType: 'GET'
      probeIntervalInSeconds: 30
    }
    loadBalancingSettings: {
      sampleSize: 4
      successfulSamplesRequired: 3
      // Both are in one region: the weights alone decide.
      additionalLatencyInMilliseconds: 500
    }
  }
}

// An app knows itself by its own host, so that is what it is asked for.
resource origins 'Microsoft.Cdn/profiles/originGroups/origins@2025-06-01' = [for one in (stagingWeight > 0 ? [api, next] : [api]): {
  parent: group
  name: one.name
  properties: {
    hostName: one.hostName
    originHostHeader: one.hostName
    httpsPort: 443
    priority: 1
    weight: one.weight
    enabledState: 'Enabled'
    enforceCertificateNameCheck: true
  }
}]

resource route 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: endpoint
  name: 'api'
  properties: {
    originGroup: {
      id: group.id
    }
    supportedProtocols: ['Http', 'Https']
    httpsRedirect: 'Enabled'
    forwardingProtocol: 'HttpsOnly'
    patternsToMatch: ['/api/*']
    linkToDefaultDomain: 'Enabled'
    enabledState: 'Enabled'
  }
  dependsOn: [origins]
}
