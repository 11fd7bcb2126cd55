// @azure/eventgrid: events in both schemas, and what is refused.
import assert from "node:assert/strict";
import { AzureKeyCredential, EventGridPublisherClient } from "@azure/eventgrid";

const options = { allowInsecureConnection: true };
const key = new AzureKeyCredential(process.env.EVENT_GRID_KEY);
const clouds = new EventGridPublisherClient(process.env.CLOUD_EVENTS, "CloudEvent", key, options);
await clouds.send([{ type: "made", source: "/js", subject: "s", data: { n: 1 } }]);

const events = new EventGridPublisherClient(process.env.EVENT_GRID_EVENTS, "EventGrid", key, options);
await events.send([{ eventType: "made", subject: "s", dataVersion: "1", data: { n: 1 } }]);

const stranger = new EventGridPublisherClient(
  process.env.CLOUD_EVENTS,
  "CloudEvent",
  new AzureKeyCredential("wrong"),
  options,
);
await assert.rejects(stranger.send([{ type: "made", source: "/js", data: {} }]), { statusCode: 401 });
console.log("event grid: right");
