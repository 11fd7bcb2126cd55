// Hooks that ask the API: once, or again and again while somebody looks.

import { useCallback, useEffect, useState } from "./standalone.mjs";
import { get } from "./api.js";

/**
 * @typedef {{body?: any, problem?: import("./api.js").Problem, busy: boolean}} Asked
 */

/**
 * Asks whenever the path changes; without a path nothing is asked.
 * @param {string | null} path
 * @returns {[Asked, () => void]} what came, and what asks again
 */
export function useAsked(path) {
  const [asked, setAsked] = useState(/** @type {Asked} */ ({ busy: true }));
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return setAsked({ busy: false });
    let wanted = true;
    setAsked((before) => ({ ...before, busy: true }));
    get(path).then(
      (body) => wanted && setAsked({ body, busy: false }),
      (problem) => wanted && setAsked({ problem, busy: false }),
    );
    // An answer that comes late must not take the place of a newer one.
    return () => (wanted = false);
  }, [path, turn]);
  return [asked, useCallback(() => setTurn((before) => before + 1), [])];
}

const CALM = 3;
const CLOCKS = new Set(["time", "asked"]);

/** Writes what an answer says beside what time it is: where that stays, nothing has happened. */
const said = (body) => JSON.stringify(body, (name, value) => (CLOCKS.has(name) ? undefined : value));

/**
 * Asks again so long behind each answer, while the page is seen; a hidden page costs nothing.
 * While nothing happens it waits three times as long.
 * @param {string | null} path
 * @param {number} [pause] milliseconds
 * @returns {Asked}
 */
export function usePolled(path, pause = 1000) {
  const [asked, setAsked] = useState(/** @type {Asked} */ ({ busy: true }));
  useEffect(() => {
    if (path === null) return setAsked({ busy: false });
    let ended = false, asking = false, timer = 0, before = "", wait = pause;
    const look = async () => {
      if (ended || asking || document.hidden) return;
      asking = true;
      try {
        const body = await get(path);
        wait = said(body) === before ? CALM * pause : pause;
        before = said(body);
        if (!ended) setAsked({ body, busy: false });
      } catch (problem) {
        // What was seen before stays, beside what is wrong now.
        if (!ended) setAsked((before) => ({ body: before.body, problem, busy: false }));
      }
      asking = false;
      timer = setTimeout(look, wait);
    };
    const seen = () => {
      clearTimeout(timer);
      look();
    };
    document.addEventListener("visibilitychange", seen);
    look();
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [path, pause]);
  return asked;
}
