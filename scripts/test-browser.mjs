// Opens the pages of tests/browser in a real Chromium and reads what they show: heaps at work, and what a
// Content-Security-Policy lets them do.

import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { launchBrowser } from "./chromium.mjs";
import { Tally } from "./tally.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** What Vite builds; served as "/built/". */
const built = mkdtempSync(join(tmpdir(), "heapwright-vite-"));

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Files of this folder, with the Content-Security-Policy that is behind the "?" of the address. */
async function serve(request, response) {
  const { pathname, search } = new URL(request.url, "http://localhost");
  const path = normalize(pathname);
  try {
    const body = await readFile(
      path.startsWith("/built/") ? join(built, path.slice("/built/".length)) : join(root, path),
    );
    if (search !== "") response.setHeader("content-security-policy", decodeURIComponent(search.slice(1)));
    // For shared memory.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

const server = createServer((request, response) => void serve(request, response));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await launchBrowser();
const origin = `http://127.0.0.1:${server.address().port}`;
const address = `${origin}/tests/browser`;
const tally = new Tally();

/** What a page gives under some name, once it does. */
async function result(url, name) {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.log(`page error: ${error.message}`));
  await page.goto(url);
  const value = await page.waitForFunction((key) => window[key], name, { timeout: 60_000 });
  return [await value.jsonValue(), page];
}

async function testHeaps() {
  const [, page] = await result(`${address}/index.html`, "done");
  const steps = await page.locator("#steps li").allTextContents();
  const collected = await page.locator("#collected").textContent();
  tally.check(collected === "2", `the page shows "Collected: ${collected}"`);
  for (const step of steps) tally.check(step.startsWith("ok"), step.replace(/^\w+: /, ""));
  tally.check(steps.length >= 8, `${steps.length} steps, of 8 at least`);
}

const FORBIDDEN = /^WasmForbiddenError WASM_FORBIDDEN: .*script-src 'wasm-unsafe-eval'.*option "module"/;
/** Policies, and whether each lets a page compile WebAssembly. */
const POLICIES = { "script-src 'self'": false, "script-src 'self' 'wasm-unsafe-eval'": true };

async function testPolicies() {
  for (const [policy, allows] of Object.entries(POLICIES)) {
    const [outcomes] = await result(`${address}/policy.html?${policy}`, "outcomes");
    for (const [way, outcome] of Object.entries(outcomes)) {
      const works = allows || way === "inWorker";
      const isRight = works ? outcome === "works" : FORBIDDEN.test(outcome);
      tally.check(isRight, `${policy}, ${way}: ${isRight ? outcome.slice(0, 80) : outcome}`);
    }
    tally.check(Object.keys(outcomes).length === 5, `${policy}: five ways`);
  }
}

async function testViews() {
  const [answers] = await result(`${address}/views.html`, "views");
  tally.check(
    answers.join() === "true,true,true,true",
    `views of shared memory, here and in workers: ${answers.join()}`,
  );
}

async function testBundle() {
  const source = join(root, "tests/browser/vite");
  const out = { outDir: built, emptyOutDir: true };
  await build({ root: source, base: "/built/", configFile: false, logLevel: "error", build: out });
  const [text] = await result(`${origin}/built/index.html`, "text");
  tally.check(/^1 by the core at \/built\/assets\/core-.*\.wasm$/.test(text), `built by Vite, it collects ${text}`);
}

try {
  console.log(`Chromium ${browser.version()}`);
  await testHeaps();
  await testPolicies();
  await testViews();
  await testBundle();
  console.log(String(tally));
} finally {
  await browser.close();
  server.close();
  rmSync(built, { recursive: true });
}
process.exitCode = tally.failed ? 1 : 0;
