// @azure/event-hubs: a buffered producer, checkpoints, epochs, a link that was dropped while it was idle.
import assert from "node:assert/strict";
import { EventHubBufferedProducerClient, EventHubConsumerClient, EventHubProducerClient } from "@azure/event-hubs";
import WebSocket from "ws";

const hub = "reading";
const options = {
  retryOptions: { retryDelayInMs: 100 },
  ...(process.env.WEBSOCKETS ? { webSocketOptions: { webSocket: WebSocket } } : {}),
};
const balanced = { ...options, loadBalancingOptions: { updateIntervalInMs: 100 } };
const producer = new EventHubProducerClient(process.env.EVENT_HUBS, hub, options);

// The least that the SDK asks of a store: what it is told last, of checkpoints and of owners.
function memory() {
  const checkpoints = new Map();
  const owners = new Map();
  return {
    async listOwnership() {
      return [...owners.values()];
    },
    async claimOwnership(claimed) {
      const etag = `${Math.random()}`;
      const taken = claimed.map((one) => ({ ...one, etag, lastModifiedTimeInMs: Date.now() }));
      for (const one of taken) owners.set(one.partitionId, one);
      return taken;
    },
    async updateCheckpoint(checkpoint) {
      checkpoints.set(checkpoint.partitionId, checkpoint);
    },
    async listCheckpoints() {
      return [...checkpoints.values()];
    },
  };
}

// Reads so many events from behind the checkpoints, and notes how far it came.
async function read(consumer, count) {
  const found = [];
  await new Promise((resolve, reject) => {
    const subscription = consumer.subscribe({
      async processEvents(events, context) {
        found.push(...events.map(({ body }) => body));
        if (events.length) await context.updateCheckpoint(events.at(-1));
        if (found.length >= count) subscription.close().then(resolve, reject);
      },
      async processError(error) {
        reject(error);
      },
    }, { startPosition: begin, maxWaitTimeInSeconds: 1 });
  });
  return found.sort();
}

// Other runs may have sent before: reading starts behind what is there.
const begin = {};
for (const id of ["0", "1"]) {
  const { lastEnqueuedSequenceNumber } = await producer.getPartitionProperties(id);
  begin[id] = { sequenceNumber: Number(lastEnqueuedSequenceNumber), isInclusive: false };
}

// Buffered: what is enqueued is sent in the background, and flushed at the end.
const failed = [];
const sent = [];
const buffered = new EventHubBufferedProducerClient(process.env.EVENT_HUBS, hub, {
  ...options,
  maxWaitTimeInMs: 50,
  async onSendEventsSuccessHandler({ events }) {
    sent.push(...events);
  },
  async onSendEventsErrorHandler({ error }) {
    failed.push(error);
  },
});
for (let n = 0; n < 20; n += 1) await buffered.enqueueEvent({ body: `buffered ${n}` }, { partitionKey: `key ${n % 5}` });
await buffered.enqueueEvents([{ body: "buffered x" }, { body: "buffered y" }], { partitionId: "1" });
await buffered.close({ flush: true });
assert.deepEqual(failed, []);
assert.equal(sent.length, 22);

// Whoever reads on behind a checkpoint sees only what came since.
const store = memory();
const first = new EventHubConsumerClient("$Default", process.env.EVENT_HUBS, hub, store, balanced);
const buffer = await read(first, 22);
assert.equal(new Set(buffer).size, 22);
await first.close();

// A link whose connection is dropped while nobody sends is opened again by the next send.
const fault = { service: "event-hubs", operation: "send", fault: "idle-drop", seconds: 0.05, at: [1] };
await fetch(`${process.env.FAULTS}/faults`, { method: "PUT", body: JSON.stringify({ rules: [fault] }) });
await producer.sendBatch([{ body: "before" }], { partitionId: "0" });
const { connection } = producer._context;
while (connection.isOpen()) await new Promise((resolve) => setTimeout(resolve, 10));
await producer.sendBatch([{ body: "after" }], { partitionId: "0" });
await fetch(`${process.env.FAULTS}/faults`, { method: "DELETE" });
const second = new EventHubConsumerClient("$Default", process.env.EVENT_HUBS, hub, store, balanced);
assert.deepEqual(await read(second, 2), ["after", "before"]);
await second.close();

// A reader with a higher epoch takes the place of one with a lower one.
function reading(ownerLevel) {
  const consumer = new EventHubConsumerClient("$Default", process.env.EVENT_HUBS, hub, options);
  let opened;
  let displaced;
  const isOpen = new Promise((resolve) => (opened = resolve));
  const isDisplaced = new Promise((resolve) => (displaced = resolve));
  const subscription = consumer.subscribe("0", {
    async processEvents() {
      opened();
    },
    async processError(error) {
      displaced(error.code);
    },
  }, { ownerLevel, startPosition: { offset: "@latest" }, maxWaitTimeInSeconds: 0.2 });
  return { isOpen, isDisplaced, close: () => subscription.close().then(() => consumer.close()) };
}
const lower = reading(1);
await lower.isOpen;
const higher = reading(2);
await higher.isOpen;
assert.equal(await lower.isDisplaced, "ReceiverDisconnectedError");
await lower.close();
await higher.close();

await producer.close();
console.log("event hubs reading: right");
// The SDK has timers that would keep the process for ten seconds more.
process.exit();
