"""From a command to its commit: load, fold, decide, append; and what it came to."""
