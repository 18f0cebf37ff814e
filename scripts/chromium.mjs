// A real Chromium for tests. Installs it from Debian's packages if there is none (CHROME=/path/to/chromium names another).

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

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

/** Starts it. The caller closes it. */
export async function launchBrowser() {
  let executablePath = findBrowser();
  if (!executablePath) {
    installBrowser();
    executablePath = findBrowser();
  }
  return chromium.launch({
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
}
