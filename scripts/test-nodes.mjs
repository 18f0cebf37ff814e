// Runs the suite under the oldest Node we promise and the newest of each supported major, taken from npm: all that may
// depend on the version of Node.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const VERSIONS = ["20.19", "20", "22", "24", "26"];
/** What counts work in the core, compares it with models, or reads the source: the same under any Node. */
const EXCLUDED = [
  "architecture",
  "bench",
  "hooks",
  "scaling",
  "model",
  "weak",
  "oracle",
  "bounded",
  "memory",
  "core",
  "death",
];
const root = fileURLToPath(new URL("..", import.meta.url));
const npmPackage = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

function install(version) {
  const prefix = `${root}.nodes/${version}`;
  const node = `${prefix}/node_modules/${npmPackage}/bin/node`;
  if (!existsSync(node)) {
    const args = [
      "install",
      "--prefix",
      prefix,
      "--no-save",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      `${npmPackage}@${version}`,
    ];
    const { status } = spawnSync("npm", args, { stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) throw new Error(`Node ${version} could not be installed from npm`);
  }
  return node;
}

const folders = readdirSync(new URL("../tests", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !EXCLUDED.includes(entry.name))
  .map(({ name }) => `tests/${name}/`);
const RUN = ["node_modules/vitest/vitest.mjs", "run", "--reporter=dot", ...folders];
let failed = 0;
for (const version of VERSIONS) {
  const node = install(version);
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  console.log(`\n== Node ${stdout.trim()}`);
  const { status } = spawnSync(node, RUN, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) failed++;
}
console.log(`\nNode versions: ${VERSIONS.length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
