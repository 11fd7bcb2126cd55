// Who calls is known to the platform before the host is asked. Keys go on opening what is left out here: operations, and
// what machines deliver.
param appName string
@description('The application whose users and clients are let in.')
param clientId string
@description('Others may come, too, and are nobody.')
param anonymous bool
@description('A Front Door stands before the app, and knows the host that was asked.')
param fronted bool

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource authentication 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: !anonymous
      unauthenticatedClientAction: anonymous ? 'AllowAnonymous' : 'Return401'
      // Each is that path alone, unless it ends with `/*`.
      excludedPaths: ['/api/health', '/api/operations/*', '/api/webhooks', '/runtime/webhooks/*', '/admin/*']
    }
    httpSettings: {
      requireHttps: true
      forwardProxy: {
        convention: fronted ? 'Standard' : 'NoProxy'
      }
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [clientId, 'api://${clientId}']
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
}
