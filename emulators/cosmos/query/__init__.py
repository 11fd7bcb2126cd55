"""The query language, in the subset that the application uses; the rest is refused by name."""
