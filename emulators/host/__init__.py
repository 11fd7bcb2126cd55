"""Plays the Azure Functions host on loopback, around the worker library that Azure runs on Python 3.13."""
