// Builds the documentation site into site/.dist. Needs the package to be built.
//
//     npm run docs:build
//     npm run docs           builds it, and serves it until it is stopped

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, serve } from "vitepress";
import { writeApi } from "./api.mjs";
import { layPages, pagesFolder } from "./pages.mjs";

const site = fileURLToPath(new URL(".", import.meta.url));

export async function buildSite() {
  const start = performance.now();
  layPages();
  await writeApi(join(pagesFolder, "api"));
  const middle = performance.now();
  await build(site);
  const seconds = (from, to) => `${((to - from) / 1000).toFixed(1)} s`;
  console.log(`pages and API ${seconds(start, middle)}, VitePress ${seconds(middle, performance.now())}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildSite();
  // Prints the address.
  if (process.argv.includes("--serve")) await serve({ root: site, base: "/" });
}
