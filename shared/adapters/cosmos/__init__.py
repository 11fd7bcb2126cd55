"""Cosmos DB through azure-cosmos: the event store and the rows."""
