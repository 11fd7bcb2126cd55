"""The archive of the log: the files that Event Hubs Capture writes, in Blob Storage or in a folder."""
