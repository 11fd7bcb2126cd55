"""HTTP answers that every role gives: JSON, and problems."""
