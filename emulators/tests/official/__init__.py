"""The tests that Microsoft publishes with its SDKs, run on the emulators; nothing of them is kept here."""
