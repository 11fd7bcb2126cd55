// The rows of a view, filtered, sorted and page by page; and its rebuild.

import { html, useState } from "./standalone.mjs";
import { get } from "./api.js";
import { useAsked, usePolled } from "./asking.js";
import { useViews } from "./document.js";
import { to } from "./route.js";
import { Table, Trouble, shown } from "./parts.js";

const PAGE = "20";

/** Starts a rebuild, and watches it while it goes on. */
function Rebuild({ view }) {
  const path = `/api/operations/views/${encodeURIComponent(view)}/rebuild`;
  const [open, setOpen] = useState(false);
  const [failed, setFailed] = useState(null);
  const { body, problem } = usePolled(open ? path : null);
  const begin = async () => {
    try {
      await get(path, { method: "POST" });
      setFailed(null);
    } catch (error) {
      setFailed(error);
    }
  };
  const streams = (body?.ranges ?? []).reduce((sum, one) => sum + one.streams, 0);
  return html`<details onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary>Rebuild</summary>
    <${Trouble} problem=${failed ?? problem} />
    ${body &&
    html`<p role="status">Phase: <strong>${body.phase}</strong>, generation ${body.generations.newest}, read is ${body.generations.serving}; ${streams} streams found so far.</p>`}
    <p><button onClick=${begin} disabled=${!body}>Rebuild ${view}</button></p>
    <p class="soft">Fills new rows from the store beside those that are read; readers notice nothing.</p>
  </details>`;
}

/** Offers what the API filters and sorts by. */
function Query({ view, params }) {
  const given = [...params].find(([name]) => view.filters.some((one) => one.name === name));
  const go = (event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const query = {};
    if (form.get("value")) query[form.get("filter")] = form.get("value");
    if (form.get("sort")) query.sort = form.get("sort");
    location.hash = to("views", view.name, query);
  };
  return html`<form class="row" onSubmit=${go}>
    <div>
      <label for="filter">Filter</label>
      <select id="filter" name="filter">
        ${view.filters.map((one) => html`<option value=${one.name} selected=${given?.[0] === one.name} title=${one.about}>${one.name}</option>`)}
      </select>
    </div>
    <div><label for="value">Value</label><input id="value" name="value" value=${given?.[1] ?? ""} autocomplete="off" /></div>
    <div>
      <label for="sort">Sort</label>
      <select id="sort" name="sort">
        <option value="">key</option>
        ${view.sorts.map((one) => html`<option value=${one} selected=${params.get("sort") === one}>${one}</option>`)}
      </select>
    </div>
    <button class="main">Show</button>
  </form>`;
}

/** Leads to a page beside this one, which the API names. */
function Beside({ view, url, label }) {
  if (!url) return null;
  const query = Object.fromEntries(new URL(url, location.href).searchParams);
  delete query.limit;
  return html`<a href=${to("views", view, query)}>${label}</a>${" "}`;
}

function Rows({ view, params }) {
  const query = new URLSearchParams(params);
  query.set("limit", PAGE);
  const [{ body, problem, busy }, again] = useAsked(`/api/views/${encodeURIComponent(view.name)}?${query}`);
  return html`<${Trouble} problem=${problem} />
    <p><button onClick=${again} disabled=${busy}>Look again</button></p>
    ${body &&
    html`<${Table} caption=${`Rows of ${view.name}`} heads=${["Key", "Made by", ...view.columns]}>
        ${body.rows.map(
          (row) => html`<tr key=${`${row.key} ${row.stream}`}>
            <th scope="row">${row.key}</th>
            <td><a href=${to("streams", row.stream, { at: row.version })}>${row.stream}@${row.version}</a></td>
            ${view.columns.map((one) => html`<td>${shown(row.data[one])}</td>`)}
          </tr>`,
        )}
        ${body.rows.length === 0 && html`<tr><td colspan=${view.columns.length + 2}>no rows</td></tr>`}
      <//>
      <p><${Beside} view=${view.name} url=${body.prev} label="Page before" /><${Beside} view=${view.name} url=${body.next} label="Next page" /></p>`}`;
}

export function Views({ name, params }) {
  const [views, problem] = useViews();
  const view = views.find((one) => one.name === name);
  return html`<${Trouble} problem=${problem} />
    <nav aria-label="Views">
      ${views.map((one) => html`<a href=${to("views", one.name)} aria-current=${one.name === name ? "page" : undefined}>${one.name}</a>`)}
    </nav>
    ${name && views.length > 0 && !view && html`<p class="bad">There is no view '${name}' here.</p>`}
    ${!name && html`<p>Choose a view.</p>`}
    ${view &&
    html`<h2>${view.name}</h2>
      <${Query} key=${`${name}?${params}`} view=${view} params=${params} />
      <${Rows} key=${name} view=${view} params=${params} />
      <${Rebuild} key=${`${name} rebuild`} view=${view.name} />`}`;
}
