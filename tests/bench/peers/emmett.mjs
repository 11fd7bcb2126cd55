// Emmett on its store in memory: it keeps no state, so a warm command reads its stream as a cold one does.
import { CommandHandler, getInMemoryEventStore } from '@event-driven-io/emmett';
import { serve, versionOf } from './driver.mjs';

const store = getInMemoryEventStore();

function evolve(state, { type, data }) {
  switch (type) {
    case 'ItemRegistered':
      return { ...state, registered: true, reorderPoint: data.reorderPoint };
    case 'StockReceived':
      return { ...state, available: state.available + data.quantity };
    default:
      return state;
  }
}

const handle = CommandHandler({ evolve, initialState: () => ({ registered: false, reorderPoint: 0, available: 0 }) });
const registered = { type: 'ItemRegistered', data: { name: 'Teapot', reorderPoint: 0 } };
const received = { type: 'StockReceived', data: { quantity: 1 } };

await serve(versionOf('@event-driven-io/emmett'), {
  fill: (stream, events) => store.appendToStream(stream, [registered, ...Array(events - 1).fill(received)]),
  receive: (stream) =>
    handle(store, stream, (state) => {
      if (!state.registered) throw new Error(`${stream} is unknown`);
      return received;
    }),
});
