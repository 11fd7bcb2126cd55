// @azure/cosmos: items, queries over all partitions, bulk, batch, change feed.
import assert from "node:assert/strict";
import { ChangeFeedStartFrom, CosmosClient } from "@azure/cosmos";

const client = new CosmosClient(process.env.COSMOS);
const { database } = await client.databases.createIfNotExists({ id: "javascript" });
const { container } = await database.containers.createIfNotExists({
  id: "items",
  partitionKey: { paths: ["/pk"] },
  indexingPolicy: {
    includedPaths: [{ path: "/*" }],
    compositeIndexes: [[{ path: "/group", order: "ascending" }, { path: "/n", order: "descending" }]],
  },
});

// One item: create, read, replace under an etag, upsert, delete.
const { resource: made } = await container.items.create({ id: "one", pk: "a", n: 1 });
const one = container.item("one", "a");
assert.equal((await one.read()).resource.n, 1);
const condition = { accessCondition: { type: "IfMatch", condition: made._etag } };
assert.equal((await one.replace({ id: "one", pk: "a", n: 2 }, condition)).resource.n, 2);
await assert.rejects(one.replace({ id: "one", pk: "a", n: 3 }, condition), { code: 412 });
await assert.rejects(container.items.create({ id: "one", pk: "a" }), { code: 409 });
assert.equal((await container.items.upsert({ id: "one", pk: "a", n: 4 })).resource.n, 4);
await one.delete();
assert.equal((await one.read()).statusCode, 404);

// Bulk.
const items = Array.from({ length: 40 }, (_, n) => ({ id: `${n}`, pk: `p${n % 8}`, n, group: `g${n % 3}` }));
const bulk = await container.items.executeBulkOperations(
  items.map((resourceBody) => ({ operationType: "Create", partitionKey: resourceBody.pk, resourceBody })),
);
assert.deepEqual(new Set(bulk.map((result) => result.response?.statusCode)), new Set([201]));

// Queries over all partitions.
async function ask(query, options = {}) {
  return (await container.items.query(query, { maxItemCount: 7, ...options }).fetchAll()).resources;
}
const numbers = items.map(({ n }) => n);
assert.deepEqual(await ask("SELECT VALUE c.n FROM c ORDER BY c.n"), numbers);
assert.deepEqual(await ask("SELECT VALUE c.n FROM c ORDER BY c.n DESC"), numbers.toReversed());
assert.deepEqual(await ask("SELECT TOP 3 VALUE c.n FROM c ORDER BY c.n"), [0, 1, 2]);
assert.deepEqual(await ask("SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 5 LIMIT 3"), [5, 6, 7]);
assert.equal((await ask("SELECT * FROM c ORDER BY c.group, c.n DESC")).length, 40);
assert.deepEqual(await ask("SELECT DISTINCT VALUE c.group FROM c ORDER BY c.group"), ["g0", "g1", "g2"]);
assert.equal((await ask("SELECT DISTINCT c.group FROM c")).length, 3);
assert.deepEqual(await ask("SELECT VALUE COUNT(1) FROM c"), [40]);
assert.deepEqual(await ask("SELECT VALUE SUM(c.n) FROM c"), [780]);
assert.deepEqual(await ask("SELECT VALUE MIN(c.n) FROM c WHERE c.n > 38"), [39]);
assert.deepEqual(await ask("SELECT VALUE MAX(c.n) FROM c WHERE c.n < 2"), [1]);
assert.deepEqual(await ask("SELECT VALUE AVG(c.n) FROM c"), [19.5]);
const groups = await ask("SELECT c.group, COUNT(1) AS n, MAX(c.n) AS most, AVG(c.n) AS mean FROM c GROUP BY c.group");
assert.deepEqual(
  groups.sort((a, b) => a.group.localeCompare(b.group)),
  [
    { group: "g0", n: 14, most: 39, mean: 19.5 },
    { group: "g1", n: 13, most: 37, mean: 19 },
    { group: "g2", n: 13, most: 38, mean: 20 },
  ],
);
assert.equal((await container.items.readAll().fetchAll()).resources.length, 40);

// A batch is all or nothing.
const batch = await container.items.batch(
  [
    { operationType: "Create", resourceBody: { id: "x", pk: "p0" } },
    { operationType: "Create", resourceBody: { id: "0", pk: "p0" } },
  ],
  "p0",
);
assert.deepEqual(batch.result.map(({ statusCode }) => statusCode), [424, 409]);

// The change feed of one partition key, and of all.
async function changes(options) {
  const iterator = container.items.getChangeFeedIterator(options);
  const found = [];
  while (iterator.hasMoreResults) {
    const page = await iterator.readNext();
    if (page.statusCode === 304) return found;
    found.push(...page.result);
  }
}
const beginning = ChangeFeedStartFrom.Beginning("p1");
assert.equal((await changes({ changeFeedStartFrom: beginning })).length, 5);
const [range] = await container.getFeedRanges();
assert.ok((await changes({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning(range) })).length > 0);
assert.deepEqual(await changes({ changeFeedStartFrom: ChangeFeedStartFrom.Now("p1") }), []);

assert.equal((await client.databases.readAll().fetchAll()).resources.length > 0, true);
await database.delete();
console.log("cosmos: right");
