// Where one is, in the fragment of the address: #/screen/name?parameter=value.

/**
 * @typedef {{screen: string, name: string, params: URLSearchParams}} Route
 * @param {string} hash
 * @returns {Route}
 */
export function read(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [screen, name = ""] = path.split("/");
  return { screen: screen || "flow", name: decoded(name), params: new URLSearchParams(query) };
}

/**
 * Writes the address of a screen.
 * @param {string} screen
 * @param {string} [name]
 * @param {Record<string, string | number>} [params]
 */
export function to(screen, name = "", params = {}) {
  const query = new URLSearchParams(Object.entries(params).map(([one, value]) => [one, String(value)]));
  return `#/${screen}${name && `/${encodeURIComponent(name)}`}${query.size ? `?${query}` : ""}`;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    // Somebody wrote the address by hand.
    return text;
  }
}
