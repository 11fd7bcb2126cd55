"""What is said: commands and events, streams and commits, envelopes and notifications."""
