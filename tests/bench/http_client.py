"""Sends requests over one connection, one after another: each line has a path, a count and a body."""

import http.client
import json
import sys
import uuid

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for line in sys.stdin:
    path, count, body = json.loads(line)
    for _ in range(count):
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200, content
    print("done", flush=True)
