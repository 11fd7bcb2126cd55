// What several screens show. Text is text: htm makes no markup of data.

import { html } from "./standalone.mjs";

/** Shows what is wrong, and what helps where that is known. */
export function Trouble({ problem }) {
  if (!problem) return null;
  const needsKey = problem.status === 401 || problem.status === 403;
  return html`<div class="trouble" role="alert">
    <p>${problem.message}</p>
    ${needsKey && html`<p>Enter a key that may do this: operations need the master key.</p>`}
    ${(problem.body?.errors ?? []).map((one) => html`<p><code>${one.pointer ?? one.field ?? ""}</code> ${one.detail ?? ""}</p>`)}
  </div>`;
}

/** Shows data as JSON; it scrolls, so the keyboard can reach it. */
export function Json({ label, value }) {
  return html`<pre tabindex="0" role="region" aria-label=${label}>${JSON.stringify(value, null, 2)}</pre>`;
}

/** Shows a table that scrolls by itself on narrow screens. */
export function Table({ caption, heads, children }) {
  return html`<div class="scrolls" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption>${caption}</caption>
      <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${children}</tbody>
    </table>
  </div>`;
}

/** Shows a number, or says that it is unknown. */
export function Count({ value, atLeast = false }) {
  if (value === null || value === undefined) return html`<span class="unknown">unknown</span>`;
  return html`<span>${atLeast ? "at least " : ""}${value.toLocaleString("en")}</span>`;
}

/** Shows a time of the store as the reader's own, and the exact one on demand. */
export function When({ time }) {
  if (!time) return null;
  const own = new Date(time);
  return html`<time datetime=${time} title=${time}>${own.toLocaleDateString("en-CA")} ${own.toLocaleTimeString("en-GB")}</time>`;
}

/** Gives a value as one line: text as it is, everything else as JSON. */
export function shown(value) {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

/** Adds numbers; one that is unknown makes the sum unknown. */
export function total(numbers) {
  return numbers.some((one) => one === null) ? null : numbers.reduce((sum, one) => sum + one, 0);
}
