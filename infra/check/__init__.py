"""Checks that need no running stack: what a host would make of the package, and whether its examples are taken."""
