// Streams that are held back: grouped by what is wrong, released or skipped with a reason.

import { html, useState } from "./standalone.mjs";
import { ask } from "./api.js";
import { useAsked } from "./asking.js";
import { to } from "./route.js";
import { Json, Table, Trouble, When } from "./parts.js";

const STREAM = /[a-z][a-z0-9]{0,49}-[A-Za-z0-9][\w.-]{0,99}/g;

/**
 * Takes out of an error what differs from stream to stream: names of streams, ids, numbers.
 * @param {string} error
 */
export function fingerprint(error) {
  return error
    .replace(STREAM, "…")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…")
    .replace(/\d+/g, "#");
}

/** Groups markers by who parked them and by what is wrong. */
export function groups(parked) {
  const found = new Map();
  for (const one of parked) {
    const print = fingerprint(one.error);
    const key = `${one.consumer} ${print}`;
    if (!found.has(key)) found.set(key, { key, consumer: one.consumer, print, parked: [] });
    found.get(key).parked.push(one);
  }
  return [...found.values()];
}

const named = (one) => `${one.consumer}/${one.stream}`;

function address(one, action) {
  return `/api/operations/parked/${encodeURIComponent(one.consumer)}/${encodeURIComponent(one.stream)}/${action}`;
}

/** Decides on streams one after another, and tells of each what came of it. */
async function decide(chosen, action, reason, told) {
  for (const one of chosen) {
    const body = { reason, by: "console", from: one.from };
    try {
      const answer = await ask(address(one, action), { method: "POST", body });
      const went = answer.status < 400;
      const detail = went ? `handled up to version ${answer.body.version}` : answer.body?.detail ?? `answered ${answer.status}`;
      told({ one, action, went, detail });
    } catch (problem) {
      told({ one, action, went: false, detail: problem.message });
    }
  }
}

/** Shows the whole of what a stream is parked at, when somebody asks for it. */
function Whole({ one }) {
  const [open, setOpen] = useState(false);
  const query = new URLSearchParams({ consumer: one.consumer, stream: one.stream });
  const [{ body, problem }] = useAsked(open ? `/api/operations/parked?${query}` : null);
  return html`<details onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary>${one.error}</summary>
    <${Trouble} problem=${problem} />
    ${body && html`<${Json} label=${`What ${one.stream} is parked at`} value=${body} />`}
  </details>`;
}

function Group({ group, decided }) {
  const [chosen, setChosen] = useState(() => new Set(group.parked.map(named)));
  const [busy, setBusy] = useState(false);
  const flip = (one) => {
    const next = new Set(chosen);
    if (!next.delete(named(one))) next.add(named(one));
    setChosen(next);
  };
  const send = async (event) => {
    event.preventDefault();
    const action = event.submitter.value;
    const reason = new FormData(event.currentTarget).get("reason").trim();
    setBusy(true);
    await decided(group.parked.filter((one) => chosen.has(named(one))), action, reason);
    setBusy(false);
  };
  return html`<form onSubmit=${send}>
    <fieldset>
      <legend><h2>${group.consumer}: ${group.parked.length} parked</h2></legend>
      <p class="soft">${group.print}</p>
      <${Table} caption=${`Streams that ${group.consumer} holds back`} heads=${["Chosen", "Stream", "From version", "Seen up to", "Since", "Why"]}>
        ${group.parked.map(
          (one) => html`<tr key=${named(one)}>
            <td><input type="checkbox" aria-label=${`Choose ${one.stream}`} checked=${chosen.has(named(one))} onChange=${() => flip(one)} /></td>
            <th scope="row"><a href=${to("streams", one.stream, { at: one.from })}>${one.stream}</a></th>
            <td>${one.from}</td>
            <td>${one.lastSeen}</td>
            <td><${When} time=${one.time} /></td>
            <td><${Whole} one=${one} /></td>
          </tr>`,
        )}
      <//>
      <label>Reason, which is kept <input name="reason" required maxlength="500" /></label>
      <p>
        <button class="main" name="action" value="release" disabled=${busy || !chosen.size}>Release ${chosen.size}</button>${" "}
        <button name="action" value="skip" disabled=${busy || !chosen.size}>Skip this event of ${chosen.size}, for good</button>
      </p>
      <p class="soft">Release handles the event again: mend its cause first. Skip passes over it for ever.</p>
    </fieldset>
  </form>`;
}

/** Tells what became of each decision. */
function Told({ told }) {
  return html`<div role="status">
    ${told.map(
      ({ one, action, went, detail }) => html`<p class=${went ? "done" : "trouble"}>
        ${one.stream} (${one.consumer}): ${action} ${went ? "went well" : "failed"}, ${detail}
      </p>`,
    )}
  </div>`;
}

export function Parked({ params }) {
  const after = params.get("after");
  const path = `/api/operations/parked${after ? `?${new URLSearchParams({ after })}` : ""}`;
  const [{ body, problem, busy }, again] = useAsked(path);
  const [told, setTold] = useState([]);
  const decided = async (chosen, action, reason) => {
    setTold([]);
    await decide(chosen, action, reason, (one) => setTold((before) => [...before, one]));
    again();
  };
  const next = body?.next && new URL(body.next, location.href).searchParams.get("after");
  return html`<p><button onClick=${again} disabled=${busy}>Look again</button></p>
    <${Trouble} problem=${problem} />
    <${Told} told=${told} />
    ${body?.parked.length === 0 && html`<p class="fine">Nothing is parked.</p>`}
    ${groups(body?.parked ?? []).map((group) => html`<${Group} key=${`${group.key} ${group.parked.map(named)}`} group=${group} decided=${decided} />`)}
    ${next && html`<p><a href=${to("parked", "", { after: next })}>More</a></p>`}`;
}
