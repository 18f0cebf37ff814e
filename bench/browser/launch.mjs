// The browsers of this machine: each opens a page, which itself tells its server what it measured.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const CHROMIUM = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"];
const FIREFOX = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

const find = (named, candidates) => [named, ...candidates].find((path) => path && existsSync(path));

/** Settings of Firefox for a run that nobody watches: no first pages, no questions, the finer clock, no limit of time. */
const PREFERENCES = {
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "app.update.enabled": false,
  "dom.max_script_run_time": 0,
  "dom.ipc.reportProcessHangs": false,
  "privacy.reduceTimerPrecision": false,
};

async function openChromium(executablePath) {
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--js-flags=--expose-gc"],
  });
  return {
    title: `Chromium ${browser.version()}`,
    browser,
    async open(address) {
      const page = await browser.newPage();
      page.on("pageerror", (error) => console.error(`page error: ${error.message}`));
      await page.goto(address);
    },
    close: () => browser.close(),
  };
}

function openFirefox(path) {
  const profile = mkdtempSync(join(tmpdir(), "heapwright-firefox-"));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  let child;
  return {
    title: stdout.match(/Firefox [\d.]+\w*/)?.[0] ?? "Firefox",
    open(address) {
      child = spawn(path, ["--headless", "--no-remote", "--profile", profile, address], { stdio: "ignore" });
    },
    async close() {
      if (child && child.exitCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill();
        await ended;
      }
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** By name, what starts each browser that is there. */
export function findBrowsers() {
  const [first, second] = [find(process.env.CHROME, CHROMIUM), find(process.env.FIREFOX, FIREFOX)];
  return {
    ...(first && { chromium: () => openChromium(first) }),
    ...(second && { firefox: () => openFirefox(second) }),
  };
}
