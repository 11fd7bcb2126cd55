"""The load plan: which limit a set meets first at a rate of commands, and how far it falls behind beyond it."""
