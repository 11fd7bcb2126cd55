// What every contestant in JavaScript does: it fills streams, and times one command on each of them when it is asked.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const LONG = 1000;
const SPREAD = 50;

export function versionOf(name) {
  return JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf-8')).version;
}

// A contestant has fill(stream, events) and receive(stream).
export async function serve(version, contestant) {
  const long = new Map();
  let made = 0;

  async function filled(events) {
    const stream = `item${made++}`;
    await contestant.fill(stream, events);
    return stream;
  }

  async function streamsOf(events, count, key) {
    const lengths = Array.from({ length: count }, (_, number) => events + Math.floor((number * SPREAD) / count));
    if (events < LONG) return Promise.all(lengths.map(() => filled(events)));
    if (!long.has(key)) long.set(key, await Promise.all(lengths.map(filled)));
    return long.get(key);
  }

  console.log(JSON.stringify({ version }));
  for await (const line of createInterface({ input: process.stdin })) {
    const { events, warm, count } = JSON.parse(line);
    const streams = await streamsOf(events, count, `${events} ${count} ${warm}`);
    if (warm) for (const stream of streams) await contestant.receive(stream);
    const begun = performance.now();
    for (const stream of streams) await contestant.receive(stream);
    console.log(JSON.stringify(((performance.now() - begun) * 1000) / count));
  }
}
