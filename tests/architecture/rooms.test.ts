// Who may import whom in src/, types included: the rules are in .dependency-cruiser.json.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";
import type { ICruiseOptions, ICruiseResult, IFlattenedRuleSet } from "dependency-cruiser";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { options, ...ruleSet } = JSON.parse(readFileSync(join(root, ".dependency-cruiser.json"), "utf8")) as {
  options: ICruiseOptions;
  forbidden: { name: string }[];
};

async function violations(baseDir: string): Promise<{ modules: number; found: string[] }> {
  const { tsConfig: _, ...rest } = options as ICruiseOptions & { tsConfig?: unknown };
  const { output } = await cruise(["src"], { ...rest, ruleSet: ruleSet as IFlattenedRuleSet, validate: true, baseDir });
  const { modules, summary } = output as ICruiseResult;
  return {
    modules: modules.length,
    found: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  };
}

test("every file of src/ imports only what the rules of its room allow", async () => {
  const { modules, found } = await violations(root);
  expect(modules).toBeGreaterThan(150);
  expect(found).toEqual([]);
});

test("each rule rejects a planted violation", async () => {
  const planted: Record<string, [from: string, to: string]> = {
    "no-circles": ["object/atoms", "object/repr"],
    base: ["base/errors", "wasm/memory"],
    wasm: ["wasm/guard", "state/store"],
    object: ["object/to-js", "handles/handle"],
    state: ["state/leak-net", "handles/handle"],
    image: ["image/save", "state/store"],
    handles: ["handles/list", "modules/gc"],
    "load-and-modules": ["load/from-js", "modules/gc"],
    persist: ["persist/end", "heap/heap"],
    dump: ["dump/read", "handles/handle"],
    view: ["view/source", "handles/list"],
    "view-of-types": ["view/roots", "modules/gc"],
    heap: ["heap/heap", "dump/read"],
    cli: ["cli/tour", "handles/handle"],
    "entries-are-entries": ["modules/trace", "index"],
  };
  expect(Object.keys(planted)).toEqual(ruleSet.forbidden.map(({ name }) => name));
  const folder = mkdtempSync(join(tmpdir(), "heapwright-rooms-"));
  try {
    const imports = new Map<string, string[]>();
    for (const [from, to] of [...Object.values(planted), ["object/repr", "object/atoms"] as const]) {
      imports.set(from, [...(imports.get(from) ?? []), to]);
      if (!imports.has(to)) imports.set(to, []);
    }
    for (const [file, targets] of imports) {
      const path = join(folder, "src", `${file}.ts`);
      mkdirSync(dirname(path), { recursive: true });
      const up = "../".repeat(file.split("/").length - 1) || "./";
      // Types alone: those count, too. Views may know the types of handles, and no more.
      const type = file === "view/source" ? "" : "type ";
      const lines = targets.map((to, i) => `import ${type}{ T as T${i} } from "${up}${to}.js";`);
      writeFileSync(path, [...lines, "export type T = number;", ""].join("\n"));
    }
    const { found } = await violations(folder);
    const broken = found.map((text) => text.split(":")[0] as string);
    expect([...new Set(broken)].sort()).toEqual(Object.keys(planted).sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
