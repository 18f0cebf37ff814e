import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Project, root } from "./packed.js";

let project: Project;
beforeAll(() => {
  project = new Project();
}, 60_000);
afterAll(() => project.remove());

describe("the packed package", () => {
  test("has the library, both cores, their source, the docs, and nothing else", () => {
    for (const file of [
      "dist/index.js",
      "dist/index.d.ts",
      "dist/slim.js",
      "dist/view.js",
      "dist/slim.d.ts",
      "dist/third-party-licenses.txt",
      "dist/cli/main.js",
      "dist/core.wasm",
      "dist/core.checked.wasm",
      "assembly/index.ts",
      "bench/run.mjs",
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
    ]) {
      expect(project.files).toContain(file);
    }
    const roots = new Set(project.files.map((file) => file.split("/")[0]));
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
    const printed = project.run(`
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
    const printed = project.run(`
      import { readFileSync } from "node:fs";
      import { Heap } from "heapwright";
      const bytes = readFileSync(new URL(import.meta.resolve("heapwright/core.wasm")));
      console.log(Heap.createSync({ module: bytes }).list([1, 2]).toJS().join());
    `);
    expect(printed).toBe("1,2\n");
  });

  test("its command runs", () => {
    const cli = join(project.installed, "dist/cli/main.js");
    const tour = execFileSync(process.execPath, [cli, "tour", "--fast", "--listing", "5"], {
      cwd: project.folder,
      encoding: "utf8",
    });
    expect(tour).toContain("Collected 2 objects");
    expect(execFileSync(process.execPath, [cli, "--version"], { cwd: project.folder, encoding: "utf8" })).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    );
  });

  test("inspects dumps; without DuckDB it says what is missing", () => {
    const cli = join(project.installed, "dist/cli/main.js");
    project.run(`
      import { writeFileSync } from "node:fs";
      import { Heap } from "heapwright";
      import { save } from "heapwright/image";
      const heap = Heap.createSync();
      heap.roots.set("list", heap.list(["one"]));
      writeFileSync("some.heap", save(heap));
    `);
    const inspect = (...args: string[]): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, [cli, "inspect", ...args], { cwd: project.folder, encoding: "utf8" });
    expect(inspect("some.heap").stdout).toContain("heap image: ");
    expect(inspect("why", "some.heap", "list").stdout).toContain("named root list");
    for (const format of ["parquet", "html", "heapsnapshot"])
      expect(inspect("export", "some.heap", format, "--out", `exported-${format}`).status).toBe(0);
    const { status, stdout, stderr } = inspect("query", "some.heap", "--sql", "SELECT 1");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("--sql needs DuckDB, which is not installed here: npm install @duckdb/node-api");
  });

  test("its benchmarks list their cases, and reject unknown ones", () => {
    const cli = join(project.installed, "dist/cli/main.js");
    const bench = (...args: string[]): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, [cli, "bench", ...args], { cwd: project.folder, encoding: "utf8" });
    const list = bench("--list", "--no-install", "--only", "limit", "--quick");
    expect(list.status).toBe(0);
    expect(list.stdout).toContain("full-random 100,000: ");
    expect(bench("--help").stdout).toContain("--growth");
    const wrong = bench("--onyl", "limit");
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("--onyl")]);
    expect(project.files.filter((file) => /node_modules|\.build|\.cache/.test(file))).toEqual([]);
  });

  test("imports no other package, and only the command line imports modules of Node", () => {
    for (const file of project.files.filter((path) => path.startsWith("dist/") && path.endsWith(".js"))) {
      const source = readFileSync(join(project.installed, file), "utf8");
      const imported = [...source.matchAll(/(?:^(?:import|export)\b[^;"]*|\bimport\()"([^"]+)"/gm)];
      const outside = imported.map(([, path]) => path as string).filter((path) => !path.startsWith("."));
      if (!file.startsWith("dist/cli/")) expect(outside, file).toEqual([]);
      else
        expect(
          outside.filter((path) => !/^node:|^@duckdb\/node-api$/.test(path)),
          file,
        ).toEqual([]);
    }
    const { dependencies } = JSON.parse(readFileSync(join(project.installed, "package.json"), "utf8")) as {
      dependencies?: object;
    };
    expect(dependencies).toBeUndefined();
  });

  // Not optimized, which takes long: the benchmarks' is (tests/bench), from the same source.
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
    project.write("app.ts", source);
    const args = [
      "app.ts",
      "--baseDir",
      project.folder,
      "--outFile",
      "app.wasm",
      "--runtime",
      "stub",
      "--initialMemory",
      "2",
      "--use",
      "abort=",
      ...flags,
    ];
    execFileSync(process.execPath, [join(root, "node_modules/assemblyscript/bin/asc.js"), ...args], {
      cwd: project.folder,
    });
    const host = { finalize() {}, callback() {}, collection() {}, forget() {}, checkRoom() {}, refuse() {} };
    const { instance } = await WebAssembly.instantiate(readFileSync(join(project.folder, "app.wasm")), { host });
    expect((instance.exports.main as () => number)()).toBe(1);
  });
});
