"""Cosmos DB, Event Hubs, Event Grid and the Functions host on loopback, for the unmodified SDKs of Azure."""
