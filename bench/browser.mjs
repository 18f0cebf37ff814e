// Opens bench/browser/index.html in a real Chromium and prints the table that it shows; then the frames of an animation.
//
//     npm run bench:browser            (-- full, -- only=drop,churn: see bench/browser/page.js)
//     npm run bench:browser -- only=animation objects=5000000 seconds=20        (see bench/browser/animation.js)

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { measureAnimations } from "./browser/animations.mjs";
import { build } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = createRequire(import.meta.url);
const CANDIDATES = [
  process.env.CHROME,
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
];
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

async function serve(request, response) {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  const [, packageName] = path.match(/^\/packages\/(.*)$/) ?? [];
  try {
    const file = packageName === undefined ? join(root, path) : packages.resolve(packageName);
    const body = await readFile(file);
    // What isolates a page gives it the finer clock.
    const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, ...isolated }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

const executablePath = CANDIDATES.find((path) => path && existsSync(path));
if (!executablePath) throw new Error("no Chromium: CHROME=/path/to/chromium names one");
await build(["heapwright", "limit", "as-minimal", "as-incremental", "as-tlsf"]);
const server = createServer((request, response) => void serve(request, response));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--js-flags=--expose-gc"],
});
const address = `http://127.0.0.1:${server.address().port}`;
const words = process.argv.slice(2);
const query = words.join("&");
const only = words
  .find((word) => word.startsWith("only="))
  ?.slice(5)
  .split(",");

async function measureTable() {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(`page error: ${error.message}`));
  await page.goto(`${address}/bench/browser/index.html?${query}`);
  const line = page.locator("#status");
  for (let last = ""; last !== "Done.";) {
    await page.waitForTimeout(500);
    const text = await line.textContent();
    if (text !== last) process.stderr.write(`${text}\n`);
    last = text;
  }
  console.log(await page.locator("#table").textContent());
  const failed = (await page.evaluate(() => window.results)).filter(({ subjects }) =>
    Object.values(subjects).some((summary) => summary.failed !== undefined),
  );
  if (failed.length > 0) process.exitCode = 1;
}

try {
  console.log(`Chromium ${browser.version()}`);
  if (only?.join() !== "animation") await measureTable();
  if (only === undefined || only.includes("animation")) await measureAnimations(browser, address, query);
} finally {
  await browser.close();
  server.close();
}
