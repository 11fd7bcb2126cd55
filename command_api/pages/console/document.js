// What the OpenAPI document says of commands and views: the console knows no business but by it.

import { useEffect, useState } from "./standalone.mjs";
import { get } from "./api.js";

let asked = null;

/** Gives the document, asked for once while the page is open. */
function document() {
  asked ??= get("/api/openapi.json").catch((problem) => {
    asked = null;
    throw problem;
  });
  return asked;
}

function useDocument() {
  const [found, setFound] = useState({});
  useEffect(() => {
    document().then(
      (body) => setFound({ body }),
      (problem) => setFound({ problem }),
    );
  }, []);
  return found;
}

/**
 * @typedef {{name: string, filters: {name: string, about: string}[], sorts: string[], columns: string[]}} View
 * @returns {[View[], any]} the views, and the problem with the document if there is one
 */
export function useViews() {
  const { body, problem } = useDocument();
  const lists = Object.entries(body?.paths ?? {}).filter(([path]) => /^\/api\/views\/[^/]+$/.test(path));
  const views = lists.map(([path, { get: list }]) => {
    const query = list.parameters.filter((one) => one.in === "query");
    const rows = resolved(body, list.responses["200"].content["application/json"].schema).properties.rows.items;
    return {
      name: path.split("/").at(-1),
      filters: query
        .filter((one) => !["sort", "limit", "after", "before"].includes(one.name))
        .map((one) => ({ name: one.name, about: one.description })),
      sorts: query.find((one) => one.name === "sort")?.schema.enum ?? [],
      columns: Object.keys(resolved(body, rows.properties.data).properties ?? {}),
    };
  });
  return [views, problem];
}

/**
 * @typedef {{path: string, category: string, name: string, about: string, example: any, fields: Field[]}} Command
 * @typedef {{name: string, kind: string, choices: any[] | null, needed: boolean, schema: any}} Field
 * @returns {[Command[], any]} the commands, and the problem with the document if there is one
 */
export function useCommands() {
  const { body, problem } = useDocument();
  const posts = Object.entries(body?.paths ?? {}).filter(([, one]) => one.post?.requestBody);
  const commands = posts.map(([path, { post }]) => {
    const content = post.requestBody.content["application/json"];
    const schema = resolved(body, content.schema);
    return {
      path,
      category: post.tags[0],
      name: path.split("/").at(-1),
      about: post.summary,
      example: content.example ?? {},
      fields: Object.entries(schema.properties ?? {}).map(([name, one]) => field(body, schema, name, one)),
    };
  });
  return [commands, problem];
}

function field(body, schema, name, one) {
  const own = resolved(body, one);
  const plain = ["string", "integer", "number", "boolean"].includes(own.type);
  return {
    name,
    // What is no plain value is written as JSON.
    kind: own.enum || plain ? own.type ?? "string" : "json",
    choices: own.enum ?? null,
    needed: (schema.required ?? []).includes(name),
    schema: own,
  };
}

/** Follows a reference within the document. */
function resolved(body, schema) {
  if (!schema?.$ref) return schema ?? {};
  return resolved(body, schema.$ref.slice(2).split("/").reduce((found, name) => found?.[name], body));
}
