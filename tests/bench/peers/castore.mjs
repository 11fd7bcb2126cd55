// Castore on its store in memory: it keeps no state, so a warm command reads its stream as a cold one does.
import { Command, EventStore, EventType, tuple } from '@castore/core';
import { InMemoryEventStorageAdapter } from '@castore/event-storage-adapter-in-memory';
import { serve, versionOf } from './driver.mjs';

function reducer(state, { aggregateId, version, type, payload }) {
  switch (type) {
    case 'ITEM_REGISTERED':
      return { aggregateId, version, registered: true, reorderPoint: payload.reorderPoint, available: 0 };
    case 'STOCK_RECEIVED':
      return { ...state, version, available: state.available + payload.quantity };
    default:
      return { ...state, version };
  }
}

const items = new EventStore({
  eventStoreId: 'ITEM',
  eventTypes: [new EventType({ type: 'ITEM_REGISTERED' }), new EventType({ type: 'STOCK_RECEIVED' })],
  reducer,
  eventStorageAdapter: new InMemoryEventStorageAdapter({ initialEvents: [] }),
});

const receive = new Command({
  commandId: 'RECEIVE_STOCK',
  requiredEventStores: tuple(items),
  handler: async ({ aggregateId, quantity }, [store]) => {
    const { aggregate } = await store.getAggregate(aggregateId);
    if (!aggregate) throw new Error(`${aggregateId} is unknown`);
    const version = aggregate.version + 1;
    await store.pushEvent({ aggregateId, version, type: 'STOCK_RECEIVED', payload: { quantity } });
  },
});

async function fill(aggregateId, events) {
  const payload = { name: 'Teapot', reorderPoint: 0 };
  await items.pushEvent({ aggregateId, version: 1, type: 'ITEM_REGISTERED', payload });
  for (let version = 2; version <= events; version++) {
    await items.pushEvent({ aggregateId, version, type: 'STOCK_RECEIVED', payload: { quantity: 1 } });
  }
}

await serve(versionOf('@castore/core'), {
  fill,
  receive: (aggregateId) => receive.handler({ aggregateId, quantity: 1 }, [items]),
});
