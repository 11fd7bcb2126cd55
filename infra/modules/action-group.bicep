// Who is woken by alerts, and how.
import { Place, Receivers } from '../types.bicep'

param place Place
param receivers Receivers

// `+49 1701234567`: the country, then the number.
var sms = split(receivers.sms, ' ')

resource team 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${place.token}'
  location: 'global'
  tags: place.tags
  properties: {
    groupShortName: 'onewrite'
    enabled: true
    emailReceivers: empty(receivers.email) ? [] : [
      {
        name: 'operators'
        emailAddress: receivers.email
        useCommonAlertSchema: true
      }
    ]
    smsReceivers: empty(receivers.sms) ? [] : [
      {
        name: 'on call'
        countryCode: replace(sms[0], '+', '')
        phoneNumber: sms[1]
      }
    ]
    webhookReceivers: empty(receivers.webhook) ? [] : [
      {
        name: 'pager'
        serviceUri: receivers.webhook
        useCommonAlertSchema: true
      }
    ]
  }
}

output id string = team.id
