// Plants mistakes in the core, one at a time, and asks the tests: which of them notice, and which mistake survives.
//
//     npm run mutate                        every mistake of tests/mutations/core.mjs
//     npm run mutate -- --only death        those whose name has "death" in it
//     npm run mutate -- --tests tests/core,tests/bounded --jobs 1 --list tests/mutations/other.mjs
//
// Each mistake is a text of one file of assembly/ and what stands there instead. It is compiled, quickly and
// without optimization, into a copy of the project in the temporary folder, where the stages of test files run
// until one fails. Tests that fail without any mistake say nothing, and are left out, with a warning.

import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import asc from "assemblyscript/asc";
import { encodeCore } from "./core-text.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values: options } = parseArgs({
  options: {
    list: { type: "string", default: "tests/mutations/core.mjs" },
    only: { type: "string", default: "" },
    tests: { type: "string" },
    jobs: { type: "string", default: String(Math.min(2, availableParallelism())) },
    /** Seconds that a stage may take, besides five times what it takes without a mistake. */
    patience: { type: "string", default: "120" },
    keep: { type: "boolean", default: false },
  },
});

/** What a copy of the project needs to run tests. */
const COPIED = ["assembly", "src", "tests", "package.json", "vitest.config.ts", "tsconfig.json", "asconfig.json"];
const CORES = [
  { target: "release", wasm: "core.wasm", inlined: "core.generated.ts" },
  { target: "checked", wasm: "core.checked.wasm", inlined: "core-checked.generated.ts" },
];

/** The project's own settings of the compiler, but for what takes long. */
function quickConfig() {
  const config = JSON.parse(readFileSync(join(root, "asconfig.json"), "utf8"));
  Object.assign(config.options, { optimizeLevel: 0, shrinkLevel: 0, converge: false, runPasses: [] });
  for (const target of Object.values(config.targets)) {
    delete target.shrinkLevel;
    delete target.debug;
  }
  return JSON.stringify(config);
}

/** Test runners under way. */
const running = new Set();

/** Ends a test runner and its workers: one that never returns does not end with its parent. */
function end(child) {
  process.kill(-child.pid, "SIGKILL");
}

/** One copy of the project, in which one mistake after the other is planted. */
class Project {
  constructor(folder) {
    this.folder = folder;
    for (const name of COPIED) cpSync(join(root, name), join(folder, name), { recursive: true });
    for (const name of ["dist", "tmp"]) mkdirSync(join(folder, name));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    this.config = quickConfig();
  }

  /** Compiles both cores, with `file` as `text`. What the compiler has against it, or undefined. */
  async build(file, text) {
    for (const { target, wasm, inlined } of CORES) {
      let bytes;
      const { error, stderr } = await asc.main(
        ["assembly/index.ts", "--target", target, "--config", "asconfig.json", "--outFile", wasm],
        {
          readFile: (name, base) => {
            const path = resolve(base === "." ? root : join(root, base), name);
            if (name.endsWith("asconfig.json")) return this.config;
            if (file !== undefined && path === join(root, file)) return text;
            return existsSync(path) ? readFileSync(path, "utf8") : null;
          },
          writeFile: (name, contents) => {
            if (name.endsWith(".wasm")) bytes = contents;
          },
          listFiles: () => [],
        },
      );
      if (error) return stderr.toString().split("\n").slice(0, 5).join("\n");
      writeFileSync(join(this.folder, "dist", wasm), bytes);
      writeFileSync(join(this.folder, "src/wasm", inlined), `export const text: string = "${encodeCore(bytes)}";\n`);
    }
    // The host shares constants with the core.
    if (file !== undefined) writeFileSync(join(this.folder, file), text);
    return undefined;
  }

  restore(file) {
    cpSync(join(root, file), join(this.folder, file));
  }

  /** Runs test files, without the tests of these full names. `bail`: until one fails. Answers which failed. */
  test(files, { bail, seconds, without = [] }) {
    const report = join(this.folder, "tmp/report.json");
    rmSync(report, { force: true });
    const started = performance.now();
    const child = spawn(
      process.execPath,
      [
        join(root, "node_modules/vitest/vitest.mjs"),
        "run",
        ...files,
        "--reporter=json",
        `--outputFile=${report}`,
        "--no-file-parallelism",
        "--no-isolate",
        ...(bail ? ["--bail=1"] : []),
        ...(without.length > 0 ? ["--testNamePattern", `^(?!(?:${without.map(escaped).join("|")})$)`] : []),
      ],
      {
        cwd: this.folder,
        stdio: "ignore",
        env: { ...process.env, TMPDIR: join(this.folder, "tmp"), HEAPWRIGHT_SEED: undefined },
        detached: true,
      },
    );
    running.add(child);
    return new Promise((done) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        end(child);
      }, seconds * 1000);
      child.on("close", (code) => {
        running.delete(child);
        clearTimeout(timer);
        const took = (performance.now() - started) / 1000;
        const failed = isLate
          ? [{ file: "", name: `nothing within ${Math.round(seconds)} s` }]
          : readReport(report, code, this.folder);
        done({ failed, took });
      });
    });
  }
}

/** The tests that failed. Without a name: their whole file. */
function readReport(report, code, folder) {
  if (!existsSync(report)) return code === 0 ? [] : [{ file: "", name: "the test runner ended by itself" }];
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  const failed = [];
  for (const { name, status, assertionResults } of testResults) {
    const file = name.slice(folder.length + 1);
    const red = assertionResults.filter((test) => test.status === "failed");
    for (const { fullName } of red) failed.push({ file, name: fullName });
    if (red.length === 0 && status === "failed") failed.push({ file, name: "" });
  }
  if (failed.length === 0 && code !== 0) failed.push({ file: "", name: "an error outside of any test" });
  return failed;
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The file of a mistake, with the mistake; or why it cannot be made. */
function plant({ file, find, replace }) {
  if (!existsSync(join(root, file))) return { problem: `there is no ${file}` };
  const source = readFileSync(join(root, file), "utf8");
  const count = source.split(find).length - 1;
  if (count !== 1) return { problem: `the text is there ${count} times in ${file}` };
  return { text: source.replace(find, () => replace) };
}

const { default: mutations, STAGES } = await import(pathToFileURL(resolve(root, options.list)).href);
const chosen = mutations.filter(({ name }) => name.includes(options.only));
const base = mkdtempSync(join(tmpdir(), "heapwright-mutants-"));
const jobs = Number(options.jobs);

for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    for (const child of running) end(child);
    rmSync(base, { recursive: true, force: true });
    process.exit(1);
  });

console.log(`Without a mistake (${base}):`);
const projects = Array.from({ length: jobs }, (_, at) => {
  const folder = join(base, `project-${at}`);
  mkdirSync(folder);
  return new Project(folder);
});
const problem = await projects[0].build();
if (problem) throw new Error(problem);
const stages = [];
for (const files of options.tests ? [options.tests.split(",")] : STAGES) {
  const { failed, took } = await projects[0].test(files, { bail: false, seconds: 3600 });
  for (const { file, name } of failed) {
    if (name === "" || file === "") throw new Error(`without a mistake: ${file} ${name}`);
    console.log(`  left out, since it fails: ${file} > ${name}`);
  }
  stages.push({ files, without: failed.map(({ name }) => name), usual: took });
  console.log(`  ${files.join(" ")}: ${took.toFixed(1)} s`);
}

const results = [];
const queue = [...chosen];
async function work(project) {
  for (let mutation = queue.shift(); mutation; mutation = queue.shift()) {
    const result = await judge(project, mutation);
    results.push(result);
    const time = result.took === undefined ? "" : ` (${result.took.toFixed(0)} s)`;
    console.log(`${result.verdict.padEnd(8)} ${mutation.name}${time}${result.by ? `\n         ${result.by}` : ""}`);
  }
}

async function judge(project, mutation) {
  const { name, file } = mutation;
  const { text, problem } = plant(mutation);
  if (problem) return { name, verdict: "stale", by: problem };
  const started = performance.now();
  const took = () => (performance.now() - started) / 1000;
  try {
    const refused = await project.build(file, text);
    if (refused) return { name, verdict: "invalid", by: refused, took: took() };
    for (const { files, without, usual } of stages) {
      const seconds = 5 * usual + Number(options.patience);
      const { failed } = await project.test(files, { bail: true, seconds, without });
      const [first] = failed;
      if (first) return { name, verdict: "noticed", by: `${first.file} > ${first.name}`, took: took() };
    }
    return { name, verdict: "SURVIVED", took: took() };
  } finally {
    project.restore(file);
  }
}

await Promise.all(projects.map(work));
const count = (verdict) => results.filter((result) => result.verdict === verdict).length;
console.log(
  `\n${count("noticed")} of ${chosen.length} noticed, ${count("SURVIVED")} survived, ` +
    `${count("invalid")} do not compile, ${count("stale")} are about a text that is gone`,
);
for (const { name, verdict } of results) if (verdict !== "noticed") console.log(`  ${verdict}: ${name}`);
if (options.keep) console.log(base);
else rmSync(base, { recursive: true, force: true });
process.exitCode = count("noticed") === chosen.length ? 0 : 1;
