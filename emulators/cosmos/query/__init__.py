"""A subset of the query language; the rest is refused by name."""
