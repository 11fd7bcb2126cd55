// One page that shows the flow: what comes in, what is written, how far each stage is behind, what is refused.
param location string
param tags object
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'onewrite')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Onewrite: the flow'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: loadTextContent('../workbook.json')
  }
}
