"""Infrastructure: the local stack, and what is deployed around the functions."""
