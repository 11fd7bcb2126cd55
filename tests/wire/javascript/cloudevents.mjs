// The CloudEvents SDK for JavaScript: says of each delivery in a file what it reads, or writes events as a sender.
import { readFileSync, writeFileSync } from "node:fs";
import { CloudEvent, HTTP } from "cloudevents";

const [what, from, to] = process.argv.slice(2);
const given = JSON.parse(readFileSync(from, "utf8"));

// It reads leniently, and validates what it is asked to.
function read({ headers, body }) {
  try {
    const found = HTTP.toEvent({ headers, body: Buffer.from(body, "base64").toString("utf8") });
    const events = Array.isArray(found) ? found : [found];
    return events.every((event) => event.validate() === true) ? events : null;
  } catch {
    return null;
  }
}

function written(attributes) {
  const event = new CloudEvent(attributes);
  const batch = { headers: { "content-type": "application/cloudevents-batch+json" }, body: JSON.stringify([event]) };
  return [HTTP.binary(event), HTTP.structured(event), batch].map(({ headers, body }) => ({
    headers,
    body: Buffer.from(body ?? "").toString("base64"),
  }));
}

const answers = {
  judge: () => given.map((one) => read(one) !== null),
  read: () => given.map(read),
  write: () => given.map(written),
};
writeFileSync(to, JSON.stringify(answers[what]()));
