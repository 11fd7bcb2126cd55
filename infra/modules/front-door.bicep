// A Front Door with a firewall that limits how often one client may ask. Where it leads to is in front-door-routes.bicep.
import { Place } from '../types.bicep'

param place Place
@description('One of those that main.bicep allows.')
param tier string
@description('Requests a minute of one client.')
param rateLimit int
param workspaceId string

resource profile 'Microsoft.Cdn/profiles@2025-06-01' = {
  name: 'afd-${place.token}'
  location: 'global'
  tags: place.tags
  sku: {
    name: tier
  }
  properties: {
    // As long as the platform lets an HTTP function work.
    originResponseTimeoutSeconds: 230
  }
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2025-06-01' = {
  parent: profile
  name: 'fde-${place.token}'
  location: 'global'
  tags: place.tags
  properties: {
    enabledState: 'Enabled'
  }
}

resource firewall 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2025-03-01' = {
  name: 'fdfp${place.token}'
  location: 'global'
  tags: place.tags
  sku: {
    name: tier
  }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      mode: 'Prevention'
      requestBodyCheck: 'Enabled'
      // What the API says itself when it is asked too much.
      customBlockResponseStatusCode: 429
    }
    customRules: {
      rules: [
        {
          name: 'RatePerClient'
          priority: 100
          enabledState: 'Enabled'
          ruleType: 'RateLimitRule'
          rateLimitDurationInMinutes: 1
          rateLimitThreshold: rateLimit
          // Every request has a host, so this is all of them: a rule must say which.
          matchConditions: [
            {
              matchVariable: 'RequestHeader'
              selector: 'Host'
              operator: 'GreaterThanOrEqual'
              matchValue: ['0']
            }
          ]
          action: 'Block'
        }
      ]
    }
    // Rules that Microsoft keeps are for Premium alone.
    managedRules: {
      managedRuleSets: tier == 'Premium_AzureFrontDoor' ? [
        {
          ruleSetType: 'Microsoft_DefaultRuleSet'
          ruleSetVersion: '2.1'
          ruleSetAction: 'Block'
        }
      ] : []
    }
  }
}

resource protection 'Microsoft.Cdn/profiles/securityPolicies@2025-06-01' = {
  parent: profile
  name: 'firewall'
  properties: {
    parameters: {
      type: 'WebApplicationFirewall'
      wafPolicy: {
        id: firewall.id
      }
      associations: [
        {
          domains: [
            {
              id: endpoint.id
            }
          ]
          patternsToMatch: ['/*']
        }
      ]
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: profile
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'FrontDoorWebApplicationFirewallLog'
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

output frontDoorId string = profile.properties.frontDoorId
output hostName string = endpoint.properties.hostName
