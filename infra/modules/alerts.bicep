// What somebody must look at. Each alert names its runbook in docs/operations.md.
param place object
param email string
param workspaceId string
param insightsId string
param cosmosId string
param eventHubsId string
param topicId string
param healthUrl string
param privateNetworking bool

var told = empty(email) ? [] : [team.id]

// Numbers that the services count by themselves: they need nothing from the code, and cost no log.
var metrics = [
  {
    name: 'parked'
    description: 'A stream was parked: an event of it cannot be handled.'
    severity: 1
    scope: cosmosId
    namespace: 'Microsoft.DocumentDB/databaseAccounts'
    metric: 'TotalRequests'
    aggregation: 'Count'
    threshold: 0
    window: 'PT5M'
    dimensions: { CollectionName: 'parked', OperationType: 'Create', StatusCode: '201' }
  }
  {
    name: 'throttled-store'
    description: 'The store throttles: it asks for more request units, or a stream is hot.'
    severity: 2
    scope: cosmosId
    namespace: 'Microsoft.DocumentDB/databaseAccounts'
    metric: 'TotalRequests'
    aggregation: 'Count'
    threshold: 100
    window: 'PT5M'
    dimensions: { StatusCode: '429' }
  }
  {
    name: 'hot-stream'
    description: 'One range of partition keys uses nearly all that it may: probably one hot stream.'
    severity: 2
    scope: cosmosId
    namespace: 'Microsoft.DocumentDB/databaseAccounts'
    metric: 'NormalizedRUConsumption'
    aggregation: 'Maximum'
    threshold: 95
    window: 'PT15M'
    dimensions: { CollectionName: 'events' }
  }
  {
    name: 'throttled-log'
    description: 'Event Hubs throttles: it asks for more throughput units.'
    severity: 2
    scope: eventHubsId
    namespace: 'Microsoft.EventHub/namespaces'
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    threshold: 0
    window: 'PT5M'
    dimensions: {}
  }
  {
    name: 'refused-webhooks'
    description: 'Webhooks refuse or do not answer: notifications are late.'
    severity: 2
    scope: topicId
    namespace: 'Microsoft.EventGrid/topics'
    metric: 'DeliveryAttemptFailCount'
    aggregation: 'Total'
    threshold: 20
    window: 'PT15M'
    dimensions: {}
  }
  {
    name: 'dead-letters'
    description: 'Notifications were given up, and lie in the container of dead letters.'
    severity: 1
    scope: topicId
    namespace: 'Microsoft.EventGrid/topics'
    metric: 'DeadLetteredCount'
    aggregation: 'Total'
    threshold: 0
    window: 'PT5M'
    dimensions: {}
  }
]

// What only the code and the logs tell; the names are those of shared/adapters/watching/names.py.
var queries = [
  {
    name: 'lag'
    description: 'Events were older than a minute when a stage took them.'
    severity: 2
    query: '''
      AppMetrics
      | where Name == 'onewrite.lag' and Max > 60
    '''
  }
  {
    name: 'standstill'
    description: 'The log is written, and nobody reads it.'
    severity: 1
    query: '''
      AzureMetrics
      | where ResourceProvider == 'MICROSOFT.EVENTHUB' and MetricName in ('IncomingMessages', 'OutgoingMessages')
      | summarize Written = sumif(Total, MetricName == 'IncomingMessages'), Read = sumif(Total, MetricName == 'OutgoingMessages')
      | where Written > 0 and Read == 0
    '''
  }
  {
    name: 'mended'
    description: 'The sweep sent events again that had not arrived: something loses batches.'
    severity: 2
    query: '''
      AppMetrics
      | where Name == 'onewrite.mended' and Sum > 0
    '''
  }
  {
    name: 'failing-batches'
    description: 'A batch of the change feed or of the log fails again and again: its partition waits.'
    severity: 1
    query: '''
      AppMetrics
      | where Name == 'onewrite.failed_batches'
      | summarize Failures = sum(Sum) by Stage = tostring(Properties.stage)
      | where Failures > 5
    '''
  }
]

resource team 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-${place.token}'
  location: 'global'
  tags: place.tags
  properties: {
    groupShortName: 'onewrite'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [for alert in metrics: {
  name: 'alert-${alert.name}-${place.token}'
  location: 'global'
  tags: place.tags
  properties: {
    description: '${alert.description} Runbook: docs/operations.md#${alert.name}'
    severity: alert.severity
    enabled: true
    scopes: [alert.scope]
    evaluationFrequency: 'PT5M'
    windowSize: alert.window
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: alert.name
          metricNamespace: alert.namespace
          metricName: alert.metric
          timeAggregation: alert.aggregation
          operator: 'GreaterThan'
          threshold: alert.threshold
          dimensions: map(items(alert.dimensions), one => { name: one.key, operator: 'Include', values: [one.value] })
        }
      ]
    }
    actions: map(told, id => { actionGroupId: id })
  }
}]

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [for alert in queries: {
  name: 'alert-${alert.name}-${place.token}'
  location: place.location
  tags: place.tags
  properties: {
    displayName: 'onewrite ${alert.name}'
    description: '${alert.description} Runbook: docs/operations.md#${alert.name}'
    severity: alert.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    // The tables appear with the first line that is written to them.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: told
    }
  }
}]

module health 'health-test.bicep' = if (!privateNetworking) {
  name: 'health-test'
  params: {
    place: place
    insightsId: insightsId
    url: healthUrl
    actionGroups: told
  }
}
