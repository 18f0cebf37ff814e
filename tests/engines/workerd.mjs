// Runs `worker.js`, bundled as Wrangler does, in workerd.

import { spawn } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";

const CONFIG = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "core.wasm", wasm = embed "core.wasm"),
  ],
);
`;
const FORBIDDEN = /^WasmForbiddenError WASM_FORBIDDEN: .*import core from "heapwright\/core\.wasm"/;

/** What a worker answers. */
async function answer(workerd, config) {
  const options = { stdio: ["ignore", "pipe", "pipe", "pipe"], timeout: 60_000 };
  const child = spawn(workerd, ["serve", "--control-fd=3", config], options);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  try {
    const port = await new Promise((resolve, reject) => {
      // The port is told in a line of JSON.
      child.stdio[3].on("data", (text) => resolve(/"port":\s*(\d+)/.exec(text)?.[1]));
      child.on("error", reject);
      child.on("exit", () => reject(new Error(`workerd failed: ${said}`)));
    });
    const response = await fetch(`http://127.0.0.1:${port}/`);
    const body = await response.text();
    if (!response.ok) throw new Error(`${body}\n${said}`);
    return JSON.parse(body);
  } finally {
    child.kill();
  }
}

/** What is wrong: a line each. `input` is the worker beside which the package is installed; `folder` takes what is built. */
export async function faultsInWorkerd({ workerd, input, folder, minify }) {
  const keepOut = () => ({ path: "core.wasm", external: true });
  const core = { name: "core", setup: (plan) => plan.onResolve({ filter: /core\.wasm$/ }, keepOut) };
  const outfile = join(folder, "worker.js");
  const options = { bundle: true, format: "esm", sourcemap: true, target: "es2022", logLevel: "error" };
  await build({ entryPoints: [input], outfile, minify, plugins: [core], ...options });
  copyFileSync(join(folder, "../node_modules/heapwright/dist/core.wasm"), join(folder, "core.wasm"));
  const config = join(folder, "config.capnp");
  writeFileSync(config, CONFIG);

  const { refusals, passed, sites } = await answer(workerd, config);
  const here =
    readFileSync(input, "utf8")
      .split("\n")
      .findIndex((text) => text.endsWith("// HERE")) + 1;
  const map = new SourceMap(JSON.parse(readFileSync(`${outfile}.map`, "utf8")));
  const lineOf = (site) => {
    const [, line, column] = /:(\d+):(\d+)\)?$/.exec(site.split("\n")[0]) ?? [];
    return map.findOrigin(Number(line), Number(column)).lineNumber;
  };
  return [
    ...Object.entries(refusals).filter(([, said]) => !FORBIDDEN.test(said)),
    ...Object.entries(passed).filter(([, said]) => said !== "right"),
    ...sites.filter((site) => lineOf(site) !== here).map((site) => [`site, line ${here}`, site]),
  ].map(([what, said]) => `${what}: ${said}`);
}
