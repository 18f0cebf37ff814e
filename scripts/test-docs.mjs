// Builds the documentation site and opens it in a real Chromium: main pages, the search, and each example of the playground.
// Pages whose console has an error fail. Screenshots are in site/screenshots.
//
//     npm run test:docs
//     node scripts/test-docs.mjs --built      the site of the last build

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSite } from "../site/build.mjs";
import { launchBrowser } from "./chromium.mjs";
import { Tally } from "./tally.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "site/.dist");
const screenshots = join(root, "site/screenshots");
const examples = join(root, "site/playground/examples");

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
};
const PAGES = [
  ...["index", "start", "playground", "values", "errors", "benchmarks", "architecture", "api/index"],
  // Deep in the reference, and a file of the repository.
  ...["api/heapwright/classes/Heap", "api/heapwright/dump/functions/dominators", "source/assembly/layout-ts"],
];
/** Words that a visitor looks for, and the page that must be among the first three places. */
const SEARCHES = {
  leak: "inspect",
  "weak dictionary": "values",
  "memory grows": "memory",
  release: "ownership",
  using: "ownership",
  "GC threshold": "memory",
  postMessage: "views",
  "Map vs dict": "choosing",
  "typescript types": "values",
  "heap snapshot": "inspect",
  cycle: "collector",
  setThreshold: "api/heapwright/classes/Gc",
};
const SIZES = { desktop: { width: 1360, height: 900 }, phone: { width: 390, height: 844 } };

const tally = new Tally();

async function serve(request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  try {
    const body = await readFile(join(dist, path.endsWith("/") ? `${path}index.html` : path));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "text/html" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

/** Opens a page and watches its console. */
async function open(browser, url, options) {
  const page = await browser.newPage(options);
  const errors = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("response", (response) => response.status() >= 400 && errors.push(`${response.status()} ${response.url()}`));
  await page.goto(url, { waitUntil: "networkidle" });
  return { page, errors };
}

async function testPage(browser, origin, name) {
  const { page, errors } = await open(browser, `${origin}/${name}.html`);
  if (name === "playground") await page.waitForSelector('.output[data-running="false"] .note');
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    tally.check(wide <= 0, `${name}: no wider than a ${size} (${wide} px)`);
    const cut = await page.$$eval(".stacked", (all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
    if (size === "phone") tally.check(cut === 0, `${name}: each table of many columns is seen whole (${cut} are not)`);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const file = `${name.replaceAll("/", "-")}-${size}-${colorScheme}.png`;
      await page.screenshot({ path: join(screenshots, file), fullPage: name === "index", animations: "disabled" });
    }
  }
  tally.check(errors.length === 0, `${name}: "${await page.title()}", no error ${errors.join("; ")}`);
  await page.close();
}

/** Each link of a page to the site itself leads to a file, and to an anchor in it. */
function testLinks() {
  const files = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".html"));
  const idsOf = new Map(
    files.map((name) => {
      const html = readFileSync(join(dist, name), "utf8");
      return [name, new Set([...html.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id))];
    }),
  );
  let links = 0;
  const dead = [];
  for (const name of files) {
    const html = readFileSync(join(dist, name), "utf8").replace(/<head>.*?<\/head>/s, "");
    for (const [, href] of html.matchAll(/\b(?:href|src)="([^"]*)"/g)) {
      if (/^\w+:/.test(href)) continue;
      links++;
      const { pathname, hash } = new URL(href, `http://localhost/${name}`);
      const path = decodeURIComponent(pathname.slice(1));
      const file = path === "" || path.endsWith("/") ? `${path}index.html` : path;
      const isThere = file.endsWith(".html") ? idsOf.has(file) : existsSync(join(dist, file));
      const id = decodeURIComponent(hash.slice(1));
      if (!isThere || (id !== "" && !idsOf.get(file)?.has(id))) dead.push(`${name} -> ${href}`);
    }
  }
  tally.check(
    dead.length === 0,
    `${links} links in ${files.length} pages lead somewhere ${dead.slice(0, 10).join("; ")}`,
  );
}

/** What an example says that it prints. */
function expectedOf(name) {
  const code = readFileSync(join(examples, name), "utf8");
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
}

async function textOf(page) {
  await page.waitForSelector('.output[data-running="false"] .note, .output[data-running="false"] .error');
  return page.locator(".output p:not(.note)").allInnerTexts();
}

async function testPlayground(browser, origin) {
  const { page, errors } = await open(browser, `${origin}/playground.html`, { viewport: SIZES.desktop });
  const buttons = await page.locator("[data-example]").evaluateAll((all) => all.map(({ dataset }) => dataset.example));
  const files = readdirSync(examples);
  tally.check(buttons.length === files.length, `the playground has all ${files.length} examples`);
  for (const name of buttons) {
    await page.locator(`[data-example="${name}"]`).click();
    const lines = await textOf(page);
    let at = 0;
    const missing = expectedOf(`${name}.js`).filter((text) => {
      const found = lines.findIndex((line, index) => index >= at && text.startsWith(line));
      if (found >= 0) at = found + 1;
      return found < 0;
    });
    const hasError = (await page.locator(".output .error").count()) > 0;
    tally.check(
      !hasError && lines.length > 0 && missing.length === 0,
      `example ${name}: ${lines.length} lines ${missing}`,
    );
    await page.screenshot({ path: join(screenshots, `example-${name}.png`) });
  }
  await page.locator("textarea").fill('import { Heap } from "heapwright";\nHeap.createSync({ maxbytes: 1 });');
  await page.locator("button.run").click();
  const [error] = await textOf(page);
  tally.check(/^BAD_OPTION\s*BadOptionError: .*maxBytes/.test(error), `an error shows its code: ${error}`);
  await page.screenshot({ path: join(screenshots, "example-error.png") });
  await page.locator("textarea").fill("for (;;);");
  await page.locator("textarea").press("Control+Enter");
  await page.locator("button.run", { hasText: "Stop" }).click();
  tally.check((await textOf(page)).length === 0, "a program that does not end can be stopped");
  tally.check(errors.length === 0, `the playground's console has no error ${errors.join("; ")}`);
  await page.close();
}

async function testSearch(browser, origin) {
  const { page, errors } = await open(browser, `${origin}/start.html`, { viewport: SIZES.desktop });
  await page.locator(".VPNavBarSearch button").first().click();
  for (const [words, name] of Object.entries(SEARCHES)) {
    await page.locator(".VPLocalSearchBox input").fill("");
    await page.waitForFunction(() => !document.querySelector(".VPLocalSearchBox .result"));
    await page.locator(".VPLocalSearchBox input").fill(words);
    // What is typed is looked for a moment later.
    let places = [];
    for (let tries = 0; tries < 20 && !places.includes(`/${name}.html`); tries++) {
      await page.waitForTimeout(100);
      places = await page.$$eval(".VPLocalSearchBox .result", (all) => all.slice(0, 3).map((one) => one.pathname));
    }
    tally.check(places.includes(`/${name}.html`), `the search for "${words}" leads to ${name}: ${places.join(", ")}`);
  }
  tally.check(errors.length === 0, `the search has no error ${errors.join("; ")}`);
  await page.screenshot({ path: join(screenshots, "search.png") });
  await page.close();
}

if (!process.argv.includes("--built")) await buildSite();
rmSync(screenshots, { recursive: true, force: true });
mkdirSync(screenshots);
const server = createServer((request, response) => void serve(request, response));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await launchBrowser();
try {
  console.log(`Chromium ${browser.version()}`);
  testLinks();
  for (const name of PAGES) await testPage(browser, origin, name);
  await testPlayground(browser, origin);
  await testSearch(browser, origin);
  console.log(`${tally}; screenshots are in site/screenshots`);
} finally {
  await browser.close();
  server.close();
}
process.exitCode = tally.failed ? 1 : 0;
