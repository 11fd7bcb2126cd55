"""What an event causes: receptors, policies, enrichers, deadlines."""
