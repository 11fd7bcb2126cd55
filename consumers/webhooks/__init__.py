"""Events of others, over a plain webhook and over Event Grid's own trigger."""
