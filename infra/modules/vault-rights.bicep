// An app may read one secret of a Key Vault that is there already.
param vaultName string
param secretName string
param identityName string
param principalId string

var keyVaultSecretsUser = '4633458b-17de-408a-b875-0445c86b69e6'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName

  resource secret 'secrets' existing = {
    name: secretName
  }
}

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault::secret
  name: guid(vault.id, secretName, identityName, keyVaultSecretsUser)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}
