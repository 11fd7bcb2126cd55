"""Read models: rows, their generations, and lists of them."""
