"""The read models of the shop: what queries answer from."""
