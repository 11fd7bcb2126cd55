"""The media types in which feeds are read."""

BATCH, ATOM = "application/cloudevents-batch+json", "application/atom+xml"
NDJSON = "application/x-ndjson"
FORMS = (BATCH, ATOM, NDJSON)
