// What the platform says of itself: incidents, and resources of this group that are not available.
import { Place } from '../types.bicep'

param place Place
param actionGroups string[]

var platform = [
  {
    name: 'service-health'
    description: 'Azure reports an incident that touches this subscription.'
    scope: subscription().id
    conditions: [
      { field: 'category', equals: 'ServiceHealth' }
      { field: 'properties.incidentType', equals: 'Incident' }
    ]
  }
  {
    name: 'resource-health'
    description: 'A resource of this group is not available, or degraded.'
    scope: resourceGroup().id
    conditions: [
      { field: 'category', equals: 'ResourceHealth' }
      {
        anyOf: [
          { field: 'properties.currentHealthStatus', equals: 'Unavailable' }
          { field: 'properties.currentHealthStatus', equals: 'Degraded' }
        ]
      }
    ]
  }
]

resource platformAlerts 'Microsoft.Insights/activityLogAlerts@2026-01-01' = [for alert in platform: {
  name: 'alert-${alert.name}-${place.token}'
  location: 'global'
  tags: place.tags
  properties: {
    description: '${alert.description} Runbook: docs/operations.md#${alert.name}'
    enabled: true
    scopes: [alert.scope]
    condition: {
      allOf: alert.conditions
    }
    actions: {
      actionGroups: map(actionGroups, id => { actionGroupId: id })
    }
  }
}]
