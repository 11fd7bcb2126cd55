"""2. The change feed to the log: the only writer to Event Hubs."""
