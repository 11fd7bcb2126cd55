#!/usr/bin/env sh
# Subscribes the webhooks of infra/webhooks.json, if there are any, now that the code runs.
set -eu
webhooks=infra/webhooks.json
if [ ! -f "$webhooks" ]; then
  echo "no $webhooks: nobody is subscribed to the notifications"
  exit 0
fi
az deployment group create \
  --name event-subscriptions \
  --resource-group "$AZURE_RESOURCE_GROUP" \
  --template-file infra/event-subscriptions.bicep \
  --parameters \
    topicName="$ONEWRITE_TOPIC" \
    deadLetterAccountName="$ONEWRITE_DEAD_LETTER_ACCOUNT" \
    deadLetterContainer="$ONEWRITE_DEAD_LETTER_CONTAINER" \
    webhooks=@"$webhooks"
