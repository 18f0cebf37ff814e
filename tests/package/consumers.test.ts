// The package as its users meet it: installed, in JavaScript and in strict TypeScript, bundled and minified.

import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Project, root } from "./packed.js";

const { bundled } = (await import(new URL("../../scripts/size.mjs", import.meta.url).href)) as {
  bundled: (source: string, folder: string, options?: object) => Promise<string>;
};

let project: Project;
beforeAll(() => {
  project = new Project("@types/node", "undici-types");
}, 60_000);
afterAll(() => project.remove());

const entries = (): string[] => {
  const { exports } = JSON.parse(readFileSync(join(project.installed, "package.json"), "utf8")) as { exports: object };
  return Object.keys(exports).filter((entry) => !entry.slice(1).includes("."));
};

/** Uses each entry, and says what came of it. */
const PROGRAM = readFileSync(join(root, "tests/package/program.mjs"), "utf8");
const ANSWER = '[1,"two",[3]] true BadValueError BAD_VALUE false,OutOfMemoryError OUT_OF_MEMORY true 1 slim true 3\n';

function runs(file: string): string {
  const CORE = join(project.installed, "dist/core.wasm");
  return execFileSync(process.execPath, [join(project.folder, file)], {
    encoding: "utf8",
    env: { ...process.env, CORE },
  });
}

describe("in JavaScript", () => {
  test("each entry can be imported alone", () => {
    expect(entries()).toEqual([".", "./slim", "./image", "./trace", "./checked", "./dump", "./view"]);
    for (const entry of entries()) {
      const name = entry.replace(/^\./, "heapwright");
      expect(project.run(`console.log(Object.keys(await import("${name}")).length > 0)`), name).toBe("true\n");
    }
  });

  test("all entries together are one library", () => {
    project.write("all.js", PROGRAM);
    expect(runs("all.js")).toBe(ANSWER);
  });

  test("without its core, the slim entry says what it needs", () => {
    const said = project.run(`
      import { Heap } from "heapwright/slim";
      await Heap.create({}).catch(({ name, message }) => console.log(name, message));
    `);
    expect(said).toMatch(/^BadOptionError .*"module"/);
  });

  test.each([true, false])("bundled, minified: %s, it works the same, and errors keep their names", async (minify) => {
    project.write("bundle.mjs", await bundled(PROGRAM, project.folder, { platform: "node", minify }));
    expect(runs("bundle.mjs")).toBe(ANSWER);
  });

  test("bundled by rolldown and minified, it works the same", async () => {
    const { rolldown } = (await import("rolldown")) as typeof import("rolldown");
    project.write("entry.js", PROGRAM);
    const bundle = await rolldown({ input: join(project.folder, "entry.js"), platform: "node", cwd: project.folder });
    await bundle.write({ file: join(project.folder, "rolled.mjs"), minify: true, codeSplitting: false });
    await bundle.close();
    expect(runs("rolled.mjs")).toBe(ANSWER);
  });

  test("a bundle without imports and exports may run as CommonJS", async () => {
    const source = `
      import { Heap } from "heapwright";
      import { checkedCore } from "heapwright/checked";
      console.log(Heap.createSync().list([1]).repr(), Heap.createSync({ module: checkedCore() }).list([2]).repr());
    `;
    // Bun takes such a file for CommonJS by itself if it has a variable of a name that CommonJS has, whatever it is called.
    project.write("bundle.cjs", await bundled(source, project.folder, { platform: "node", minify: false }));
    expect(runs("bundle.cjs")).toBe("[1] [2]\n");
  });
});

describe("source maps", () => {
  const maps = (): string[] => project.files.filter((file) => file.endsWith(".map"));

  test("contain the sources, and name only files of the package", () => {
    expect(maps().length).toBeGreaterThan(5);
    for (const file of maps()) {
      const map = JSON.parse(readFileSync(join(project.installed, file), "utf8")) as {
        sources: string[];
        sourcesContent: (string | null)[];
      };
      expect(map.sourcesContent.length, file).toBe(map.sources.length);
      expect(
        map.sourcesContent.every((content) => typeof content === "string" && content !== ""),
        file,
      ).toBe(true);
    }
    for (const file of project.files.filter((path) => path.startsWith("dist/") && /\.(js|d\.ts)$/.test(path))) {
      const named = /^\/\/# sourceMappingURL=(.*)$/m.exec(readFileSync(join(project.installed, file), "utf8"))?.[1];
      if (named !== undefined) expect(project.files).toContain(join(dirname(file), named));
    }
  });

  test("lead to the line that throws", () => {
    const stack = project.run(
      `
      import { Heap } from "heapwright";
      try {
        Heap.createSync().list(1);
      } catch ({ stack }) {
        console.log(stack);
      }`,
      "--enable-source-maps",
    );
    const [, file, line] = /\(.*?(src\/[\w/-]+\.ts):(\d+):\d+\)/.exec(stack) as unknown as [string, string, string];
    const source = readFileSync(join(root, normalize(file)), "utf8").split("\n");
    expect(source[Number(line) - 1]).toContain("throw");
  });
});

describe("types", () => {
  const declarations = (): string[] => project.files.filter((file) => /^dist\/.*\.d\.ts$/.test(file));

  test("contain nothing marked as internal, and no name of such a thing", () => {
    expect(declarations().length).toBeGreaterThan(6);
    for (const file of declarations()) {
      const text = readFileSync(join(project.installed, file), "utf8");
      expect(text, file).not.toContain("@internal");
      expect(text, file).not.toMatch(/\b(Store|CoreExports|RawExports|HeapMemory|CoreProvider)\b/);
    }
  });

  const CONSUMER = `
    import { Heap, type HeapStats, type ListHandle, BadValueError } from "heapwright";
    import { Heap as Slim, restoreSync as restoreSlim } from "heapwright/slim";
    import { restore, save, share } from "heapwright/image";
    import { trace } from "heapwright/trace";
    import { readImageSync, dominators, finish, reachability } from "heapwright/dump";
    import { checkedCore } from "heapwright/checked";
    import { openView, type View } from "heapwright/view";

    export async function main(bytes: Uint8Array<ArrayBuffer>): Promise<HeapStats> {
      const heap = await Heap.create({ maxBytes: 1 << 20, module: checkedCore() });
      const Person = heap.struct("Person", { title: "str", buddy: "ref" });
      const alice = Person.new({ title: "Alice" });
      const list: ListHandle = heap.list([1, "two", alice]);
      trace(heap).start();
      const again: Heap = await restore(save(heap));
      const slim = Slim.createSync({ module: bytes });
      const restored: Slim = restoreSlim(save(slim), { module: bytes });
      trace(slim).stop();
      const error: BadValueError = new BadValueError("none");
      console.log(list.length, error.code, readImageSync(save(again)).nodes.count, restored.disposed);
      // @ts-expect-error: the slim entry brings no core.
      Slim.createSync({});
      // @ts-expect-error: the store is internal.
      console.log(alice.store);
      const view: View<typeof Person> | undefined = openView(share(heap)).roots.get<typeof Person>("alice");
      console.log(view?.title satisfies string | null | undefined);
      return heap.stats();
    }
    export const analyses = [dominators, finish, reachability];
  `;
  const strict = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    // TypeScript's own are long, and not ours.
    skipDefaultLibCheck: true,
    noEmit: true,
    target: "es2022",
    types: ["node"],
  };
  test("a strict program compiles", () => {
    const options = { module: "nodenext", lib: ["es2023", "esnext.disposable", "dom"] };
    project.write("consumer.ts", CONSUMER);
    const config = { compilerOptions: { ...strict, ...options }, files: ["consumer.ts"] };
    const path = project.write("tsconfig.json", JSON.stringify(config));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", path], { encoding: "utf8" });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});
