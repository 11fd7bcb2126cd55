"""Reads the Bicep of this project and plays its deployment, so that it can be tested without Azure."""
