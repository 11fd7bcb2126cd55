// The way of an event from the store to everybody who handles it, live.

import { html, useEffect, useRef, useState } from "./standalone.mjs";
import { usePolled } from "./asking.js";
import { to } from "./route.js";
import { Count, Table, Trouble, total } from "./parts.js";

/**
 * Tells how many messages a second a hub was sent between two looks at it; unknown before the second look.
 * @param {{sent: number | null, asked: string | null} | undefined} before
 * @param {{sent: number | null, asked: string | null}} now
 * @returns {number | null}
 */
export function rate(before, now) {
  if (!before || before.sent === null || now.sent === null) return null;
  const seconds = (Date.parse(now.asked) - Date.parse(before.asked)) / 1000;
  return seconds > 0 ? Math.max(0, now.sent - before.sent) / seconds : null;
}

/** Keeps the rates of hubs: a hub that was not asked again keeps the one that it had. */
function useRates(hubs) {
  const [rates, setRates] = useState({});
  const before = useRef({});
  useEffect(() => {
    for (const [name, hub] of Object.entries(hubs ?? {})) {
      const known = before.current[name];
      if (known?.asked === hub.asked) continue;
      before.current[name] = hub;
      setRates((all) => ({ ...all, [name]: rate(known, hub) }));
    }
  }, [hubs]);
  return rates;
}

function Station({ title, moved, children }) {
  // A new number makes a new dot, which runs along the way once.
  return html`<li class="station">
    <span class="dot" key=${String(moved)} aria-hidden="true"></span>
    <h2>${title}</h2>
    ${children}
  </li>`;
}

function Store({ publisher }) {
  const waiting = publisher.reduce((sum, one) => sum + one.behind, 0);
  const oldest = Math.max(0, ...publisher.map((one) => one.seconds));
  return html`<p class="big"><${Count} value=${waiting} atLeast=${publisher.some((one) => one.atLeast)} /></p>
    <p>events wait for the publisher${waiting > 0 && `, the oldest for ${oldest.toFixed(0)} s`}</p>`;
}

function Hub({ hub, rate, what }) {
  return html`<p class="big"><${Count} value=${hub.sent} /></p>
    <p>${what} sent so far</p>
    <p>${rate === null || rate === undefined ? html`<span class="unknown">rate unknown so far</span>` : `${rate.toFixed(1)} a second`}</p>`;
}

function Parked({ consumer, count }) {
  if (count === 0) return html`<p class="fine">nothing parked</p>`;
  return html`<p class="bad"><a href=${to("parked")}>${count} parked</a></p>`;
}

function Consumer({ name, partitions, parked }) {
  const behind = total(partitions.map((one) => one.behind));
  return html`<li class=${`consumer ${behind === 0 ? "" : "late"}`}>
    <h3>${name}</h3>
    <p class="big"><${Count} value=${behind} /></p>
    <p>messages behind</p>
    <${Parked} consumer=${name} count=${parked} />
    <details>
      <summary>Partitions<span class="hidden"> of ${name}</span></summary>
      <${Table} caption=${`Places of ${name}`} heads=${["Partition", "Place", "End", "Behind"]}>
        ${partitions.map(
          (one) => html`<tr>
            <th scope="row">${one.partition}</th>
            <td>${one.place ?? "none noted"}</td>
            <td><${Count} value=${one.end} /></td>
            <td><${Count} value=${one.behind} /></td>
          </tr>`,
        )}
      <//>
    </details>
  </li>`;
}

function Consumers({ live, hub }) {
  const found = Object.entries(live.consumers).filter(([, one]) => one.hub === hub);
  return html`<ul class="consumers">
    ${found.map(
      ([name, one]) =>
        html`<${Consumer} key=${name} name=${name} partitions=${one.partitions} parked=${live.parked[name]} />`,
    )}
  </ul>`;
}

/** Shows who parks without a place in a hub, and what is being rebuilt. */
function Beside({ live }) {
  const others = Object.entries(live.parked).filter(([name]) => !(name in live.consumers));
  return html`<h2>Beside the flow</h2>
    <${Table} caption="Parked by others" heads=${["Who", "Parked"]}>
      ${others.map(([name, count]) => html`<tr><th scope="row">${name}</th><td>${count}</td></tr>`)}
    <//>
    <h2>Rebuilds</h2>
    ${live.rebuilds.length === 0 && html`<p class="fine">No view is being rebuilt.</p>`}
    <ul>
      ${live.rebuilds.map((one) => html`<li><a href=${to("views", one.view)}>${one.view}</a>: ${one.phase}</li>`)}
    </ul>`;
}

export function Flow() {
  const { body: live, problem } = usePolled("/api/operations/live");
  const rates = useRates(live?.hubs);
  if (!live) return html`<${Trouble} problem=${problem} />${!problem && html`<p>Looking…</p>`}`;
  return html`<${Trouble} problem=${problem} />
    <ol class="flow" aria-label="The way of an event">
      <${Station} title="Mailbox" moved=${live.hubs.commands.sent}>
        <${Hub} hub=${live.hubs.commands} rate=${rates.commands} what="commands that may wait" />
        <${Consumers} live=${live} hub="commands" />
      <//>
      <${Station} title="Store" moved=${live.hubs.events.sent}><${Store} publisher=${live.publisher} /><//>
      <${Station} title="Log" moved=${live.hubs.events.sent}>
        <${Hub} hub=${live.hubs.events} rate=${rates.events} what="events" />
      <//>
      <${Station} title="Consumers" moved=${live.hubs.events.sent}><${Consumers} live=${live} hub="events" /><//>
    </ol>
    <${Beside} live=${live} />`;
}
