"""What the README says of the emulators, read from it and compared with the code."""
