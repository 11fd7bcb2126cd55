// The shell: where one is, the key, and the screen.

import { html, render, useEffect, useRef, useState } from "./standalone.mjs";
import { enteredKey, keepKey } from "./api.js";
import { read, to } from "./route.js";
import { Causes } from "./causes.js";
import { Flow } from "./flow.js";
import { Parked } from "./parked.js";
import { Streams } from "./streams.js";
import { Try } from "./try.js";
import { Views } from "./views.js";

const SCREENS = {
  flow: ["Flow", Flow],
  streams: ["Streams", Streams],
  causes: ["Causes", Causes],
  parked: ["Parked", Parked],
  views: ["Views", Views],
  try: ["Try it", Try],
};

/** Shows the fields for a key; what is entered is sent to this host alone, and forgotten with the tab. */
function Key() {
  const [held, setHeld] = useState(enteredKey() !== "");
  const keep = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    keepKey(new FormData(form).get("key").trim());
    form.reset();
    setHeld(enteredKey() !== "");
  };
  return html`<details class="key">
    <summary>${held ? "Key entered" : "No key"}</summary>
    <form onSubmit=${keep}>
      <label for="key">Function key</label>
      <input id="key" name="key" type="password" autocomplete="off" />
      <button>${held ? "Replace or forget" : "Use it"}</button>
      <p>It stays in this tab. Locally none is needed.</p>
    </form>
  </details>`;
}

function Console() {
  const [route, setRoute] = useState(read(location.hash));
  const heading = useRef(null);
  useEffect(() => {
    const moved = () => setRoute(read(location.hash));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const [title, Screen] = SCREENS[route.screen] ?? SCREENS.flow;
  const first = useRef(true);
  useEffect(() => {
    document.title = `${title} · Onewrite`;
    // Whoever uses the keyboard goes on where the new screen begins.
    if (!first.current) heading.current.focus();
    first.current = false;
  }, [title]);
  const skip = (event) => {
    event.preventDefault();
    heading.current.focus();
  };
  return html`<a class="skip" href="#screen" onClick=${skip}>Skip to the screen</a>
    <header>
      <p class="brand">Onewrite</p>
      <nav aria-label="Screens">
        ${Object.entries(SCREENS).map(
          ([name, [label]]) =>
            html`<a href=${to(name)} aria-current=${route.screen === name ? "page" : undefined}>${label}</a>`,
        )}
        <a href="docs">API</a>
      </nav>
      <${Key} />
    </header>
    <main>
      <h1 id="screen" tabindex="-1" ref=${heading}>${title}</h1>
      <${Screen} key=${route.screen} name=${route.name} params=${route.params} />
    </main>`;
}

render(html`<${Console} />`, document.getElementById("console"));
