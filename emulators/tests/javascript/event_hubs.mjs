// @azure/event-hubs: send one by one, as a batch, by key and by id; receive; over TCP or WebSockets.
import assert from "node:assert/strict";
import { EventHubConsumerClient, EventHubProducerClient } from "@azure/event-hubs";
import WebSocket from "ws";

const hub = "javascript";
const options = process.env.WEBSOCKETS ? { webSocketOptions: { webSocket: WebSocket } } : {};
const producer = new EventHubProducerClient(process.env.EVENT_HUBS, hub, options);
const consumer = new EventHubConsumerClient("$Default", process.env.EVENT_HUBS, hub, options);

const about = await producer.getEventHubProperties();
assert.deepEqual(about.partitionIds, ["0", "1"]);

// Other runs may have sent before: reading starts behind what is there.
const startPosition = {};
for (const id of about.partitionIds) {
  const { lastEnqueuedSequenceNumber } = await producer.getPartitionProperties(id);
  startPosition[id] = { sequenceNumber: Number(lastEnqueuedSequenceNumber), isInclusive: false };
}
const start = startPosition["0"].sequenceNumber;
await producer.sendBatch([{ body: "one" }, { body: "two", properties: { a: 1 } }], { partitionId: "0" });
const batch = await producer.createBatch({ partitionId: "0" });
for (let n = 0; n < 50; n += 1) assert.ok(batch.tryAdd({ body: { n } }));
await producer.sendBatch(batch);
await producer.sendBatch([{ body: "by key" }], { partitionKey: "key" });
await producer.sendBatch([{ body: "anywhere" }]);
assert.equal(Number((await producer.getPartitionProperties("0")).lastEnqueuedSequenceNumber) >= start + 52, true);

const received = [];
await new Promise((resolve, reject) => {
  const subscription = consumer.subscribe(
    {
      async processEvents(events) {
        received.push(...events);
        if (received.length >= 54) await subscription.close().then(resolve);
      },
      async processError(error) {
        reject(error);
      },
    },
    { startPosition, maxWaitTimeInSeconds: 1 },
  );
});
const bodies = received.map(({ body }) => body);
for (const body of ["one", "two", "by key", "anywhere"]) assert.ok(bodies.includes(body), body);
assert.equal(received.find(({ body }) => body === "two").properties.a, 1);
assert.equal(received.find(({ body }) => body === "by key").partitionKey, "key");
assert.deepEqual(bodies.filter((body) => body?.n !== undefined).map(({ n }) => n), [...Array(50).keys()]);

await producer.close();
await consumer.close();
console.log("event hubs: right");
