// Opens tests/browser/index.html in a real Chromium and reads what it shows. Installs Chromium from
// Debian's packages if there is none (CHROME=/path/to/chromium names another).

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));

function findBrowser() {
  const candidates = [
    process.env.CHROME,
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/google-chrome",
  ];
  return candidates.find((path) => path && existsSync(path));
}

function installBrowser() {
  console.log("installing Chromium from Debian's packages");
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", "chromium"],
  ]) {
    const { status } = spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (status !== 0) throw new Error("Chromium could not be installed: set CHROME to a Chromium of yours");
  }
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

async function serve(request, response) {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  try {
    const body = await readFile(join(root, path));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

let executablePath = findBrowser();
if (!executablePath) {
  installBrowser();
  executablePath = findBrowser();
}
const server = createServer((request, response) => void serve(request, response));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
let failed = 0;
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.log(`page error: ${error.message}`));
  await page.goto(`http://127.0.0.1:${server.address().port}/tests/browser/index.html`);
  await page.waitForFunction(() => window.done === true, undefined, { timeout: 60_000 });
  const steps = await page.locator("#steps li").allTextContents();
  const collected = await page.locator("#collected").textContent();
  console.log(`Chromium ${browser.version()}: the page shows "Collected: ${collected}"`);
  for (const step of steps) console.log(`  ${step}`);
  failed = steps.filter((step) => !step.startsWith("ok")).length + (collected === "2" ? 0 : 1);
  if (steps.length < 8) failed++;
  console.log(`${steps.length - failed} passed, ${failed} failed`);
} finally {
  await browser.close();
  server.close();
}
process.exitCode = failed ? 1 : 0;
