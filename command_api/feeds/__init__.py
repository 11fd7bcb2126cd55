"""Feeds over HTTP: pages that never change, what is behind a cursor, and what is new."""
