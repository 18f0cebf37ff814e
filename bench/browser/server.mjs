// Serves the pages, with headers that give them the finer clock, and hears what they measured.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = createRequire(import.meta.url);
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

async function textOf(request) {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}

async function answer(request, response, hear) {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  if (request.method === "POST") {
    hear(path.slice(1), JSON.parse(await textOf(request)));
    response.writeHead(204).end();
    return;
  }
  const [, packageName] = path.match(/^\/packages\/(.*)$/) ?? [];
  try {
    const file = packageName === undefined ? join(root, path) : packages.resolve(packageName);
    const body = await readFile(file);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, ...ISOLATED }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

/** `hear(what, value)` is called with what pages send. */
export async function startServer(hear) {
  const server = createServer((request, response) => void answer(request, response, hear));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
