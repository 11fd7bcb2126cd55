"""Feeds of others, pulled: their events take effect as those of webhooks do."""
