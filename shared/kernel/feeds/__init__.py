"""Feeds: pages of public events that others pull; a full page never changes."""
