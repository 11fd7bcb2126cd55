"""An emulator of Cosmos DB: the REST protocol that azure-cosmos speaks, kept in SQLite."""

from emulators.cosmos.server import CosmosServer

__all__ = ["CosmosServer"]
