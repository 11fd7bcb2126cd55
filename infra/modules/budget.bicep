// What a month may cost, and who is told before and when it does.
import { Place } from '../types.bicep'

param place Place
param amount int
@description('The first day of a month, such as 2026-12-01.')
param begins string
@description('Somebody is woken by alerts: they are told, and the owners of the subscription in any case.')
param told bool

resource team 'Microsoft.Insights/actionGroups@2023-01-01' existing = if (told) {
  name: 'ag-${place.token}'
}

var contacts = {
  contactEmails: []
  contactRoles: ['Owner']
  contactGroups: told ? [team.id] : []
}

resource budget 'Microsoft.Consumption/budgets@2026-06-01' = {
  name: 'budget-${place.token}'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: begins
    }
    notifications: {
      forecast: union(contacts, {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
      })
      nearly: union(contacts, {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
      })
      spent: union(contacts, {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Actual'
      })
    }
  }
}
