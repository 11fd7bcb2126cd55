"""3. What follows from the log: projections, reactions, notifications; the mailbox, deadlines and webhooks."""
