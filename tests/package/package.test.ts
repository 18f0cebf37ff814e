import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const project = mkdtempSync(join(tmpdir(), "heapwright-"));
const installed = join(project, "node_modules/heapwright");
let files: string[] = [];

/** Packs the package and unpacks it into a project, as npm would install it. */
beforeAll(() => {
  const output = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", project], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [packed] = JSON.parse(output) as [{ filename: string; files: { path: string }[] }];
  files = packed.files.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(project, packed.filename), "--strip-components=1", "-C", installed]);
  for (const dependency of ["@assemblyscript", "commander", "hyparquet-writer", "picocolors"]) {
    symlinkSync(join(root, "node_modules", dependency), join(project, "node_modules", dependency));
  }
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
}, 60_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

function run(source: string): string {
  writeFileSync(join(project, "main.js"), source);
  return execFileSync(process.execPath, ["main.js"], { cwd: project, encoding: "utf8" });
}

describe("the packed package", () => {
  test("has the library, both cores, their source, the docs, and nothing else", () => {
    for (const file of [
      "dist/index.js",
      "dist/index.d.ts",
      "dist/cli/main.js",
      "dist/core.wasm",
      "dist/core.checked.wasm",
      "assembly/index.ts",
      "bench/run.mjs",
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
    ]) {
      expect(files).toContain(file);
    }
    const roots = new Set(files.map((file) => file.split("/")[0]));
    expect([...roots].sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "assembly",
      "bench",
      "dist",
      "docs",
      "examples",
      "package.json",
    ]);
  });

  test("is imported by name, and collects a cycle", () => {
    const printed = run(`
      import { Heap } from "heapwright";
      import { checkedCore } from "heapwright/checked";
      for (const options of [{}, { module: checkedCore() }]) {
        const heap = await Heap.create(options);
        const Node = heap.struct("Node", { other: "ref" });
        const node = Node.new();
        node.other = node;
        node.release();
        console.log(heap.gc.collect());
      }
    `);
    expect(printed).toBe("1\n1\n");
  });

  test("its core can be served as a file", () => {
    const printed = run(`
      import { readFileSync } from "node:fs";
      import { Heap } from "heapwright";
      const bytes = readFileSync(new URL(import.meta.resolve("heapwright/core.wasm")));
      console.log(Heap.createSync({ module: bytes }).list([1, 2]).toJS().join());
    `);
    expect(printed).toBe("1,2\n");
  });

  test("its command runs", () => {
    const cli = join(installed, "dist/cli/main.js");
    const tour = execFileSync(process.execPath, [cli, "tour", "--fast", "--listing", "5"], {
      cwd: project,
      encoding: "utf8",
    });
    expect(tour).toContain("Collected 2 objects");
    expect(execFileSync(process.execPath, [cli, "--version"], { cwd: project, encoding: "utf8" })).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    );
  });

  test("looks into dumps; without DuckDB it says what is missing", () => {
    const cli = join(installed, "dist/cli/main.js");
    run(`
      import { writeFileSync } from "node:fs";
      import { Heap } from "heapwright";
      import { save } from "heapwright/image";
      const heap = Heap.createSync();
      heap.roots.set("list", heap.list(["one"]));
      writeFileSync("some.heap", save(heap));
    `);
    const inspect = (...args: string[]): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, [cli, "inspect", ...args], { cwd: project, encoding: "utf8" });
    expect(inspect("some.heap").stdout).toContain("heap image: ");
    expect(inspect("why", "some.heap", "list").stdout).toContain("named root list");
    for (const format of ["parquet", "html", "heapsnapshot"])
      expect(inspect("export", "some.heap", format, "--out", `exported-${format}`).status).toBe(0);
    const { status, stdout, stderr } = inspect("query", "some.heap", "--sql", "SELECT 1");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("--sql needs DuckDB, which is not installed here: npm install @duckdb/node-api");
  });

  test("its benchmarks list their cases, and refuse what they do not know", () => {
    const cli = join(installed, "dist/cli/main.js");
    const bench = (...args: string[]): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, [cli, "bench", ...args], { cwd: project, encoding: "utf8" });
    const list = bench("--list", "--no-install", "--only", "limit", "--quick");
    expect(list.status).toBe(0);
    expect(list.stdout).toContain("full-random 100,000: ");
    expect(bench("--help").stdout).toContain("--growth");
    const wrong = bench("--onyl", "limit");
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("--onyl")]);
    expect(files.filter((file) => /node_modules|\.build|\.cache/.test(file))).toEqual([]);
  });

  test("the library entry imports nothing but the loader", () => {
    const seen = new Set<string>();
    const outside = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const source = readFileSync(join(installed, file), "utf8");
      for (const [, path] of source.matchAll(/^(?:import|export)[^;"]*?from "([^"]+)"/gm)) {
        if ((path as string).startsWith(".")) visit(join(file, "..", path as string));
        else outside.add(path as string);
      }
    };
    visit("dist/index.js");
    expect([...outside]).toEqual(["@assemblyscript/loader"]);
  });

  test("the core stays small", () => {
    expect(gzipSync(readFileSync(join(installed, "dist/core.wasm"))).length).toBeLessThanOrEqual(32 * 1024);
  });

  test.each([
    ["release", ["--noAssert"]],
    ["checked", []],
  ])("its source links into another AssemblyScript program, %s", async (_, flags) => {
    const source = `
      import { init, heapBase, defineType, alloc, setRef, decref, collect } from "heapwright/assembly";
      export function main(): u32 {
        init(heapBase(), 0xffff0000);
        const type = defineType(8, 2, 0);
        const object = alloc(type);
        setRef(object, 0, object);
        decref(object);
        return collect(2);
      }`;
    writeFileSync(join(project, "app.ts"), source);
    const args = [
      "app.ts",
      "--baseDir",
      project,
      "--outFile",
      "app.wasm",
      "--runtime",
      "stub",
      // What takes long is optimizing; the released core's is the same as here.
      ...(flags.length === 0 ? ["--optimize"] : []),
      "--initialMemory",
      "2",
      "--use",
      "abort=",
      ...flags,
    ];
    execFileSync(process.execPath, [join(root, "node_modules/assemblyscript/bin/asc.js"), ...args], { cwd: project });
    const host = { finalize() {}, callback() {}, collection() {}, forget() {}, checkRoom() {}, refuse() {} };
    const { instance } = await WebAssembly.instantiate(readFileSync(join(project, "app.wasm")), { host });
    expect((instance.exports.main as () => number)()).toBe(1);
  });
});
