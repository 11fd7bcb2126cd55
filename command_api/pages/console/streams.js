// What happened to one thing, commit by commit, and its state at any version.

import { html } from "./standalone.mjs";
import { useAsked } from "./asking.js";
import { changes } from "./changes.js";
import { to } from "./route.js";
import { Json, Table, Trouble, When, shown } from "./parts.js";
import { useViews } from "./document.js";

/** Takes the name of a stream, and goes there. */
export function Finder({ label, screen, value, hint }) {
  const go = (event) => {
    event.preventDefault();
    const [name, version] = new FormData(event.currentTarget).get("stream").trim().split("@");
    if (name) location.hash = to(screen, name, version ? { version } : {});
  };
  return html`<form class="row" onSubmit=${go}>
    <div>
      <label for="stream">${label}</label>
      <input id="stream" name="stream" value=${value} key=${value} autocomplete="off" spellcheck="false" required />
    </div>
    <button class="main">Show</button>
    <p class="soft">${hint}</p>
  </form>`;
}

/** Lists the views: the rows of each lead to the streams that they are made of. */
function Ways() {
  const [views, problem] = useViews();
  return html`<${Trouble} problem=${problem} />
    <h2>Or find it in a view</h2>
    <ul>
      ${views.map((one) => html`<li><a href=${to("views", one.name)}>${one.name}</a></li>`)}
    </ul>`;
}

function Commit({ stream, commit, chosen }) {
  const { metadata } = commit;
  // What another event caused says so: stream@version.
  const [cause, version] = metadata.causationId.split("@");
  return commit.events.map(
    (event) => html`<tr class=${event.version === chosen ? "chosen" : ""} key=${event.version}>
      <th scope="row">
        <a href=${to("streams", stream, { at: event.version })} aria-current=${event.version === chosen ? "true" : undefined}>
          ${event.version}<span class="hidden">: the state at this version</span></a>
      </th>
      <td>
        <details>
          <summary>${event.type}</summary>
          <${Json} label=${`Data of version ${event.version}`} value=${event.data} />
          <${Json} label=${`The commit of version ${event.version}`} value=${commit} />
        </details>
      </td>
      <td><${When} time=${metadata.time} /></td>
      <td>${metadata.actor ?? html`<span class="unknown">unknown</span>`}</td>
      <td>
        ${version ? html`by <a href=${to("streams", cause, { at: version })}>${metadata.causationId}</a>, ` : ""}
        <a href=${to("causes", stream, { version: event.version })}>what followed<span class="hidden"> from version ${event.version}</span></a>
      </td>
    </tr>`,
  );
}

/** Shows the state at a version, and what the event of this version changed in it. */
function State({ stream, at }) {
  const path = `/api/streams/${encodeURIComponent(stream)}`;
  const [after] = useAsked(`${path}?at=${at}`);
  const [before] = useAsked(at > 1 ? `${path}?at=${at - 1}` : null);
  const ready = after.body?.version === at && (at === 1 || before.body?.version === at - 1);
  const found = ready ? changes(at > 1 ? before.body.state : undefined, after.body.state) : [];
  return html`<section aria-label="State">
    <h2>State at version ${at}</h2>
    <p>
      ${at > 1 && html`<a href=${to("streams", stream, { at: at - 1 })}>the version before</a> · `}
      <a href=${to("streams", stream, { at: at + 1 })}>the next version</a>
    </p>
    <${Trouble} problem=${after.problem ?? before.problem} />
    ${ready &&
    html`<${Table} caption="What this version changed" heads=${["Place", "Before", "After"]}>
        ${found.map((one) => html`<tr>
          <th scope="row">${one.path}</th><td>${shown(one.before)}</td><td>${shown(one.after)}</td>
        </tr>`)}
        ${found.length === 0 && html`<tr><td colspan="3">nothing in the state</td></tr>`}
      <//>
      <${Json} label=${`State at version ${at}`} value=${after.body.state} />`}
  </section>`;
}

function Stream({ name, params }) {
  const after = Number(params.get("after") ?? 0);
  const at = Number(params.get("at") ?? 0);
  // A page further on may hold the version that is asked for.
  const from = after || Math.max(0, at - 50);
  const [{ body, problem, busy }] = useAsked(`/api/streams/${encodeURIComponent(name)}${from ? `?after=${from}` : ""}`);
  const last = body?.commits.at(-1)?.version;
  return html`<${Trouble} problem=${problem} />
    ${at > 0 && html`<${State} stream=${name} at=${at} />`}
    ${body?.stream === name &&
    html`<h2>What happened</h2>
      <${Table} caption=${`Events of ${name}`} heads=${["Version", "Event", "When", "Who", "Causes"]}>
        ${body.commits.map((commit) => html`<${Commit} key=${commit.version} stream=${name} commit=${commit} chosen=${at} />`)}
      <//>
      <p>
        ${from > 0 && html`<a href=${to("streams", name, { after: Math.max(0, from - 100) })}>Earlier events</a> `}
        ${body.next && html`<a href=${to("streams", name, { after: last })}>Later events</a>`}
      </p>`}
    ${busy && !body && html`<p>Looking…</p>`}`;
}

export function Streams({ name, params }) {
  // A version that was typed with the name is one to look at.
  const version = params.get("version");
  const asked = version ? new URLSearchParams({ at: version }) : params;
  return html`<${Finder} label="Stream" screen="streams" value=${name} hint="category-id, or category-id@version" />
    ${name ? html`<${Stream} key=${name} name=${name} params=${asked} />` : html`<${Ways} />`}`;
}
