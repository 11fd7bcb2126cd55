"""1. HTTP to command, to decision, to one write; and the queries."""
