// Runs programs with the packed package in other engines, beside it and in bundles of several bundlers, minified and not:
// what they do, and where their stacks say that they called. Engines and bundlers come from npm.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { faultsInWorkerd } from "../tests/engines/workerd.mjs";
import { bundlers } from "../tests/sites/bundlers.mjs";
import { PROGRAM, faultsOf } from "../tests/sites/check.mjs";

const FROM_NPM = ["deno@2.9.6", "bun@1.4.5", "workerd@1.20261117.1", "webpack@5.113.0", "rollup@4.68.8"];

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, ".engines");
const installed = join(folder, "node_modules");
const built = join(folder, "built");
const binary = (name) => join(installed, ".bin", name);

/** How each is called, whether it maps stacks by itself, and the line that `tail.mjs` gives. */
const ENGINES = {
  Node: { command: [process.execPath], tail: "6" },
  Deno: { command: [binary("deno"), "run", "--allow-all"], maps: true, tail: "6" },
  // It has the tail calls of the standard, which leave no frame.
  Bun: { command: [binary("bun")], tail: "9" },
};

/** Programs, beside which the package is installed. */
const programs = {
  sites: [PROGRAM, "sites-program.mjs"],
  uses: [join(root, "tests/package/program.mjs"), "uses.mjs"],
  tail: [join(root, "tests/engines/tail.mjs"), "tail.mjs"],
  served: [join(root, "tests/engines/served.mjs"), "served.mjs"],
  worker: [join(root, "tests/engines/worker.js"), "worker.js"],
};

function run(command, ...args) {
  const env = { ...process.env, CORE: join(installed, "heapwright/dist/core.wasm") };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8", env, timeout: 240_000 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stdout}${stderr}`);
  return stdout;
}

/** Engines and bundlers, unless these versions are there; the package, as npm packs it; and the programs. */
function install() {
  const manifest = JSON.stringify({ private: true, type: "module", installed: FROM_NPM });
  const file = join(folder, "package.json");
  if (!existsSync(file) || readFileSync(file, "utf8") !== manifest) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    writeFileSync(file, "{}");
    run("npm", "install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", ...FROM_NPM);
    writeFileSync(file, manifest);
  }
  const target = join(installed, "heapwright");
  for (const old of [target, built]) {
    rmSync(old, { recursive: true, force: true });
    mkdirSync(old);
  }
  const [{ filename }] = JSON.parse(run("npm", "pack", "--ignore-scripts", "--json", "--pack-destination", built));
  run("tar", "-xzf", join(built, filename), "--strip-components=1", "-C", target);
  for (const [name, [source, copy]] of Object.entries(programs)) {
    copyFileSync(source, (programs[name] = join(folder, copy)));
  }
}

let failed = 0;

/** Prints what is wrong, or that nothing is. */
async function report(what, check) {
  let faults;
  try {
    faults = (await check()).filter((fault) => fault !== undefined);
  } catch (error) {
    faults = [String(error)];
  }
  console.log(`${what}: ${faults.length === 0 ? "right" : `${faults.length} wrong\n${faults.join("\n")}`}`);
  if (faults.length > 0) failed++;
}

function differs(said, expected) {
  return said === expected ? undefined : `not ${JSON.stringify(expected)}, but ${JSON.stringify(said)}`;
}

install();
const answer = run(process.execPath, programs.uses);
for (const [engine, { command, tail }] of Object.entries(ENGINES)) {
  await report(engine, () => [
    differs(run(...command, programs.uses), answer),
    differs(run(...command, programs.tail), `${tail}\n`),
    ...faultsOf(command[0], [...command.slice(1), programs.sites]),
  ]);
}

for (const [bundler, bundle] of Object.entries(bundlers)) {
  for (const minify of [false, true]) {
    const name = minify ? `${bundler}, minified` : bundler;
    const build = async (program) => {
      const output = join(built, `${program}-${bundler}-${minify}.mjs`);
      await bundle({ input: programs[program], output, minify, installed: folder });
      return output;
    };
    await report(name, async () => [differs(run(process.execPath, await build("uses")), answer)]);
    const sites = await build("sites");
    for (const [engine, { command, maps }] of Object.entries(ENGINES)) {
      const map = maps === true ? undefined : `${sites}.map`;
      await report(`${name}, its sites in ${engine}`, () => faultsOf(command[0], [...command.slice(1), sites], map));
    }
  }
}

await report("webpack, the core as a file", async () => {
  const output = join(built, "served.mjs");
  await bundlers.webpack({ input: programs.served, output, minify: true, installed: folder });
  return [ENGINES.Deno, ENGINES.Bun].map(({ command }) => differs(run(...command, output), "collected 1\n"));
});

for (const minify of [false, true]) {
  const options = { workerd: binary("workerd"), input: programs.worker, folder: built, minify };
  await report(minify ? "workerd, minified" : "workerd", () => faultsInWorkerd(options));
}
process.exitCode = failed === 0 ? 0 : 1;
