// rhea, AMQP without an SDK around it: SASL PLAIN, sending and reading with credit, selectors, refusals.
import assert from "node:assert/strict";
import rhea from "rhea";

const parts = Object.fromEntries(
  process.env.EVENT_HUBS.split(";").map((part) => [part.split("=")[0], part.slice(part.indexOf("=") + 1)]),
);
const { hostname, port } = new URL(parts.Endpoint.replace("sb:", "http:"));
const connection = rhea.create_container().connect({
  host: hostname,
  port: Number(port),
  transport: parts.UseDevelopmentEmulator ? "tcp" : "tls",
  username: parts.SharedAccessKeyName,
  password: parts.SharedAccessKey,
  reconnect: false,
});
const once = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve));
await once(connection, "connection_open");

const sender = connection.open_sender("rhea/Partitions/0");
await once(sender, "sendable");
sender.send({ body: "one", application_properties: { n: 1 }, message_id: "id" });
sender.send({ body: "two", message_annotations: { "x-opt-partition-key": "key" } });
await once(sender, "accepted");

// Credit for one message, and no more than one comes until there is more.
function receive(name, from) {
  const filter = { "apache.org:selector-filter:string": rhea.types.wrap_described(from, 0x468c00000004) };
  const address = "rhea/ConsumerGroups/$Default/Partitions/0";
  return connection.open_receiver({ name, source: { address, filter }, credit_window: 0, autoaccept: true });
}
const receiver = receive("all", "amqp.annotation.x-opt-offset > '-1'");
receiver.add_credit(1);
const { message: one } = await once(receiver, "message");
assert.equal(one.body, "one");
assert.equal(one.application_properties.n, 1);
assert.equal(one.message_id, "id");
const number = one.message_annotations["x-opt-sequence-number"];
receiver.add_credit(1);
const { message: two } = await once(receiver, "message");
assert.equal(two.message_annotations["x-opt-partition-key"], "key");
assert.equal(two.message_annotations["x-opt-sequence-number"], number + 1);

const behind = receive("behind", `amqp.annotation.x-opt-sequence-number > '${number}'`);
behind.add_credit(1);
assert.equal((await once(behind, "message")).message.body, "two");

// Drained, a link gives back the credit that it has no messages for.
behind.drain_credit();
behind.add_credit(5);
await once(behind, "receiver_drained");

const nowhere = connection.open_sender("nowhere");
const { sender: refused } = await once(nowhere, "sender_error");
assert.equal(refused.error.condition, "amqp:not-found");

connection.close();
await once(connection, "connection_close");
console.log("rhea: right");
