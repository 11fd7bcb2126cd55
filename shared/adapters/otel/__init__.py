"""What telemetry is made of: `shared.adapters.telemetry` imports it when it is on; others take the names alone."""
