"""What every consumer and the publisher do alike with what can never be handled."""
