"""`make demo`: a morning in the warehouse, through a running stack, over HTTP."""
