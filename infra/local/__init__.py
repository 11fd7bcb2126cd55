"""The embedded default: loopback stand-ins of the cloud, so that the deployed code runs anywhere."""
