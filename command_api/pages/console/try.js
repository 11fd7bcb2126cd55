// Sends a command by a form that is made of the OpenAPI document: once, again, or with a version that is old.

import { html, useState } from "./standalone.mjs";
import { ask } from "./api.js";
import { useCommands } from "./document.js";
import { to } from "./route.js";
import { Json, Trouble } from "./parts.js";

const PREFERENCES = ["", "return=minimal", "until=projected, wait=10", "respond-async", "request-charge"];

/** Writes an example as the text of a field. */
function written(field, value) {
  if (value === undefined || value === null) return "";
  return field.kind === "json" ? JSON.stringify(value, null, 2) : String(value);
}

/** Reads the text of a field as the JSON that the API takes; an empty field is left out. */
export function value(field, text) {
  if (text === "" && !(field.needed && field.kind === "string")) return undefined;
  if (field.kind === "string") return text;
  if (field.kind === "boolean") return text === "true";
  // A wrong number or wrong JSON is for the API to refuse: it says where.
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function Field({ field, example }) {
  const id = `field-${field.name}`;
  const given = { id, name: field.name, autocomplete: "off" };
  const choices = field.kind === "boolean" ? ["true", "false"] : field.choices;
  return html`<label for=${id}>${field.name}${field.needed ? "" : " (may be left out)"}</label>
    ${choices
      ? html`<select ...${given}>
          ${!field.needed && html`<option value=""></option>`}
          ${choices.map((one) => html`<option selected=${String(one) === written(field, example)}>${String(one)}</option>`)}
        </select>`
      : field.kind === "json"
        ? html`<textarea ...${given} spellcheck="false">${written(field, example)}</textarea>`
        : html`<input ...${given} defaultValue=${written(field, example)} />`}`;
}

/** Makes the request of a form. */
function request(command, form) {
  const given = command.fields.map((one) => [one.name, value(one, form.get(one.name))]);
  const headers = { "Idempotency-Key": `"${form.get("-key")}"` };
  if (form.get("-version")) headers["If-Match"] = `"${form.get("-version")}"`;
  if (form.get("-prefer")) headers.Prefer = form.get("-prefer");
  return {
    path: command.path.replace("{id}", encodeURIComponent(form.get("-id").trim())),
    headers,
    body: Object.fromEntries(given.filter(([, one]) => one !== undefined)),
  };
}

/** Shows what a request came to, and where to see what followed. */
function Came({ sent, answer }) {
  const { stream, version } = answer.body ?? {};
  return html`<section aria-label="Answer" role="status">
    <h2>Answer</h2>
    <p class=${answer.status < 400 ? "done" : "trouble"}>
      <strong>${answer.status}</strong> to key <code>${sent.headers["Idempotency-Key"]}</code>${sent.headers["If-Match"] && html` at version <code>${sent.headers["If-Match"]}</code>`}.
      ${answer.body?.detail && html` ${answer.body.detail}`}
    </p>
    ${stream &&
    html`<p>
      See <a href=${to("streams", stream, version ? { at: version } : {})}>the stream ${stream}</a>,
      ${" "}<a href=${to("causes", stream, version ? { version } : {})}>what followed</a>, ${" "}<a href=${to("flow")}>the flow</a>.
    </p>`}
    <${Json} label="The answer" value=${answer.body} />
  </section>`;
}

function Form({ command }) {
  const [key, setKey] = useState(() => crypto.randomUUID());
  const [came, setCame] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const deliver = async (sent) => {
    setBusy(true);
    setProblem(null);
    try {
      setCame({ sent, answer: await ask(sent.path, { method: "POST", headers: sent.headers, body: sent.body }) });
    } catch (error) {
      setProblem(error);
    }
    setBusy(false);
  };
  const send = async (event) => {
    event.preventDefault();
    await deliver(request(command, new FormData(event.currentTarget)));
    setKey(crypto.randomUUID());
  };
  const stale = () =>
    deliver({ ...came.sent, headers: { ...came.sent.headers, "Idempotency-Key": `"${crypto.randomUUID()}"`, "If-Match": '"0"' } });
  return html`<form onSubmit=${send}>
      <p>${command.about}</p>
      <label for="-id">id of the ${command.category}</label>
      <input id="-id" name="-id" required autocomplete="off" />
      ${command.fields.map((one) => html`<${Field} key=${one.name} field=${one} example=${command.example[one.name]} />`)}
      <fieldset>
        <legend>How it is sent</legend>
        <label for="-key">Idempotency-Key</label>
        <input id="-key" name="-key" value=${key} onInput=${(event) => setKey(event.currentTarget.value)} required autocomplete="off" />
        <label for="-version">Expected version (If-Match; empty: any)</label>
        <input id="-version" name="-version" inputmode="numeric" autocomplete="off" />
        <label for="-prefer">Prefer</label>
        <select id="-prefer" name="-prefer">${PREFERENCES.map((one) => html`<option value=${one}>${one || "nothing"}</option>`)}</select>
      </fieldset>
      <p>
        <button class="main" disabled=${busy}>Send</button>${" "}
        <button type="button" disabled=${busy || !came} onClick=${() => deliver(came.sent)}>Send the same again, under the same key</button>${" "}
        <button type="button" disabled=${busy || !came} onClick=${stale}>Send it with a stale version</button>
      </p>
    </form>
    <${Trouble} problem=${problem} />
    ${came && html`<${Came} sent=${came.sent} answer=${came.answer} />`}`;
}

export function Try({ name }) {
  const [commands, problem] = useCommands();
  const chosen = commands.find((one) => `${one.category}.${one.name}` === name);
  return html`<${Trouble} problem=${problem} />
    <nav aria-label="Commands">
      ${commands.map((one) => {
        const own = `${one.category}.${one.name}`;
        return html`<a href=${to("try", own)} aria-current=${own === name ? "page" : undefined}>${one.category} ${one.name}</a>`;
      })}
    </nav>
    ${chosen ? html`<h2>${chosen.category} ${chosen.name}</h2><${Form} key=${name} command=${chosen} />` : html`<p>Choose a command.</p>`}`;
}
