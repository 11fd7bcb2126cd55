"""What lets a workflow of GitHub sign in to Azure without a secret."""
