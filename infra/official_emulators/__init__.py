"""Around the official emulators of compose.yaml: what they are told, and what is made in them."""
