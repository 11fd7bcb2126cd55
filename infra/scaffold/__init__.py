"""`make new-domain` and `make new-category`: code that runs at once, as short as the docs explain it."""
