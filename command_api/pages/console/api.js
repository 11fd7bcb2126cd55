// Asks the host that served the page, and nobody else. A key that is entered stays in this tab.

const KEY = "onewrite-key";

/** @returns {string} the key that was entered, or nothing */
export const enteredKey = () => sessionStorage.getItem(KEY) ?? "";

/** @param {string} key keeps a key until the tab is closed; an empty one forgets it */
export function keepKey(key) {
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
}

/**
 * What the API answers.
 * @typedef {{status: number, body: any, headers: Headers}} Answer
 */

/** An answer that is a problem, or no answer at all (status 0). */
export class Problem extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? (status ? `The API answers ${status}.` : "No answer came."));
    this.status = status;
    this.body = body;
  }
}

/**
 * Sends a request, and gives its answer whatever the status.
 * @param {string} path
 * @param {{method?: string, headers?: Record<string, string>, body?: any}} [request]
 * @returns {Promise<Answer>}
 */
export async function ask(path, { method = "GET", headers = {}, body } = {}) {
  const sent = new Headers(headers);
  if (enteredKey()) sent.set("x-functions-key", enteredKey());
  if (body !== undefined) sent.set("content-type", "application/json");
  let answer, text;
  try {
    answer = await fetch(path, { method, headers: sent, body: body && JSON.stringify(body), cache: "no-store" });
    text = await answer.text();
  } catch (error) {
    if (error instanceof TypeError) throw new Problem(0, { detail: "No answer came: is the host there?" });
    throw error;
  }
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  return { status: answer.status, body: isJson ? JSON.parse(text) : text, headers: answer.headers };
}

/**
 * Gives the body of an answer; throws Problem for one that is none.
 * @param {string} path
 * @param {{method?: string, headers?: Record<string, string>, body?: any}} [request]
 */
export async function get(path, request) {
  const answer = await ask(path, request);
  if (answer.status >= 400) throw new Problem(answer.status, answer.body);
  return answer.body;
}
