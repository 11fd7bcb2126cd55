"""Replay: the log from its first message on, for whoever restores what follows from it."""
