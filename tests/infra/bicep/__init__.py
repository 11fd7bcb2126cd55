"""Evaluates the Bicep of this project without Azure: which resources, with which values, a deployment asks for."""
