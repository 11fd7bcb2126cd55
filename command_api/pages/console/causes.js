// What followed from a command, and from what followed: when, and how long each step took.

import { html } from "./standalone.mjs";
import { useAsked } from "./asking.js";
import { to } from "./route.js";
import { Json, Table, Trouble, When } from "./parts.js";
import { Finder } from "./streams.js";

/**
 * Puts a tree into rows: how deep each is, and the time of what caused it.
 * @returns {{effect: any, depth: number, cause: string | null}[]}
 */
export function rows(effect, depth = 0, cause = null) {
  const below = effect.caused.flatMap((one) => rows(one, depth + 1, effect.time ?? cause));
  return [{ effect, depth, cause }, ...below];
}

/** Writes a time that passed, in the unit that fits. */
export function passed(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Draws when something happened within the whole time. */
function Bar({ begin, end, cause, time }) {
  const whole = Math.max(1, end - begin);
  const from = Date.parse(cause ?? time), until = Date.parse(time);
  const left = Math.max(0, ((from - begin) / whole) * 100);
  const width = Math.max(1, ((until - from) / whole) * 100);
  return html`<div class="bar" aria-hidden="true"><span style=${{ left: `${left}%`, width: `${Math.min(width, 100 - left)}%` }}></span></div>`;
}

function Step({ row, begin, end }) {
  const { effect, depth, cause } = row;
  const last = effect.events?.at(-1)?.version;
  return html`<tr>
    <th scope="row" style=${{ paddingLeft: `${0.6 + depth * 1.2}rem` }}>
      <span class="hidden">step ${depth}: </span>
      <a href=${to("streams", effect.stream, last ? { at: last } : {})}>${effect.stream}</a>
      ${effect.command && html`<br />${effect.command}`}
      ${(effect.events ?? []).map((one) => html`<br />${one.type} <span class="soft">@${one.version}</span>`)}
    </th>
    <td class=${effect.outcome === "done" ? "fine" : "unknown"}>${effect.outcome}</td>
    <td>${effect.actor ?? html`<span class="unknown">unknown</span>`}</td>
    <td>${effect.time && html`<${When} time=${effect.time} />`}</td>
    <td>${effect.time && cause && `${passed(Date.parse(effect.time) - Date.parse(cause))} later`}</td>
    <td>${effect.time && html`<${Bar} begin=${begin} end=${end} cause=${cause} time=${effect.time} />`}</td>
  </tr>`;
}

function Tree({ name, version }) {
  const query = version ? `?version=${encodeURIComponent(version)}` : "";
  const [{ body, problem, busy }, again] = useAsked(`/api/streams/${encodeURIComponent(name)}/causes${query}`);
  const found = body ? rows(body) : [];
  const times = found.filter((one) => one.effect.time).map((one) => Date.parse(one.effect.time));
  const [begin, end] = [Math.min(...times), Math.max(...times)];
  return html`<${Trouble} problem=${problem} />
    <p><button onClick=${again} disabled=${busy}>Look again</button></p>
    ${body &&
    html`<${Table} caption="What followed, step by step" heads=${["What", "Outcome", "Who", "When", "Behind its cause", "In all"]}>
        ${found.map((row) => html`<${Step} row=${row} begin=${begin} end=${end} />`)}
      <//>
      ${times.length > 1 && html`<p>${passed(end - begin)} from the first to the last.</p>`}
      ${!body.complete && html`<p class="bad">There is more than is shown.</p>`}
      <details><summary>As JSON</summary><${Json} label="The tree" value=${body} /></details>`}`;
}

export function Causes({ name, params }) {
  const version = params.get("version") ?? "";
  return html`<${Finder}
      label="Stream or event"
      screen="causes"
      value=${version ? `${name}@${version}` : name}
      hint="A stream (its first event), or an event: category-id@version. A command id alone names no stream."
    />
    ${name && html`<${Tree} key=${`${name}@${version}`} name=${name} version=${version} />`}`;
}
