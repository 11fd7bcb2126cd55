"""What keeps the host from starting."""


class ConfigurationError(Exception):
    """The app asks for what the host cannot give it; the sentence names function and place."""
