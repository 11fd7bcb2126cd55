"""The embedded default: emulators of the cloud on loopback, so that the deployed code runs anywhere."""
