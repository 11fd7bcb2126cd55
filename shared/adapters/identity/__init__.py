"""Who asks, who delivers, and who we are: tokens that are read, and the one that is shown."""
