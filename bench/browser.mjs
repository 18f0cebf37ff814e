// Opens bench/browser/index.html in each browser of this machine and prints the table that it shows; then the frames of an animation.
//
//     npm run bench:browser            (-- full, -- only=drop,churn, -- most=1000000: see bench/browser/page.js)
//     npm run bench:browser -- browsers=firefox json=FILE
//     npm run bench:browser -- only=animation objects=5000000 seconds=20        (see bench/browser/animation.js; in Chromium)

import { writeFileSync } from "node:fs";
import { measureAnimations } from "./browser/animations.mjs";
import { findBrowsers } from "./browser/launch.mjs";
import { startServer } from "./browser/server.mjs";
import { build } from "./build.mjs";
import { describeMachine } from "./machine.mjs";

const words = process.argv.slice(2);
const query = words.join("&");
const wordOf = (name) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
const only = wordOf("only")?.split(",");
/** A page that says nothing for so long has died. */
const SILENCE = 300_000;

let hear = () => {};
const server = await startServer((what, value) => hear(what, value));

/** What the page of the table measured, once it is done. */
async function measureTable(browser) {
  const done = new Promise((resolve, reject) => {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new Error(`${browser.title} says nothing`)), SILENCE);
    };
    wait();
    hear = (what, value) => {
      wait();
      if (what === "status") process.stderr.write(`${browser.title}: ${value}\n`);
      if (what !== "results") return;
      clearTimeout(timer);
      resolve(value);
    };
  });
  await browser.open(`${server.address}/bench/browser/index.html?${query}`);
  const { table, ...measured } = await done;
  console.log(`${browser.title}\n${table}`);
  const summaries = measured.results.flatMap(({ subjects }) => Object.values(subjects));
  if (summaries.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
  return { browser: browser.title, ...measured };
}

const found = findBrowsers();
const wanted = wordOf("browsers")?.split(",") ?? Object.keys(found);
const missing = wanted.filter((name) => !found[name]);
if (missing.length > 0 || wanted.length === 0)
  throw new Error(
    `no ${missing.join(", ") || "browser"}: CHROME=/path/to/chromium and FIREFOX=/path/to/firefox name them`,
  );
await build(["heapwright", "limit", "as-minimal", "as-incremental", "as-tlsf"]);
const { date, commit, modified, machine } = describeMachine();
const report = { schema: 1, date, commit, modified, machine, browsers: [] };
for (const name of wanted) {
  const browser = await found[name]();
  try {
    if (only?.join() !== "animation") report.browsers.push(await measureTable(browser));
    if (browser.browser && wordOf("json") === undefined && (only === undefined || only.includes("animation")))
      await measureAnimations(browser.browser, server.address, query);
  } finally {
    await browser.close();
  }
}
server.close();
const file = wordOf("json");
if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
