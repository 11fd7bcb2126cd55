"""3. What follows from the log: projections, and later reactions, notifications, webhooks."""
