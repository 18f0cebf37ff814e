import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** For each folder (or file) of a tree, from the bottom up: what it may import, besides itself. */
interface Layers {
  tree: string;
  ranks: string[][];
  /** Pairs that rank would allow, and that are not to be. */
  forbidden?: [from: string, to: string][];
}

const CORE: Layers = {
  tree: "assembly",
  ranks: [
    ["layout.ts", "invariants.ts", "host.ts", "room.ts", "memory/size-class.ts", "decoder.ts"],
    ["control.ts"],
    ["check.ts"],
    ["memory", "object"],
    ["heap"],
    ["values"],
    ["weak"],
    ["death/hooks.ts"],
    ["death/end.ts", "death/leaf.ts", "death/struct.ts"],
    ["death/death.ts"],
    ["death"],
    ["containers"],
    ["collect/order.ts", "collect/count.ts"],
    ["collect/mark"],
    ["collect/cycle"],
    ["collect"],
    ["verify"],
    ["alloc.ts", "start.ts"],
    ["doors/checks.ts"],
    ["doors/objects.ts"],
    ["doors"],
    ["loading"],
    ["load.ts", "parse.ts", "batch.ts"],
    ["index.ts"],
  ],
  // The collector frees nothing itself.
  forbidden: [
    ["collect", "memory/blocks.ts"],
    ["collect/mark", "memory/blocks.ts"],
    ["collect/cycle", "memory/blocks.ts"],
  ],
};

interface Import {
  from: string;
  to: string;
}

function filesOf(tree: string): string[] {
  return readdirSync(join(root, tree), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(tree, file));
}

/** Imports within the project that exist at run time (types may be named from anywhere above). */
function importsOf(file: string, source = readFileSync(join(root, file), "utf8")): Import[] {
  const found = source.matchAll(/(?:^(?:import|export)(?! type)[^;"]*?from |^import |\bimport\()"(\.[^"]*)"/gm);
  return [...found].map(([, path]) => {
    const target = normalize(join(dirname(file), path as string)).replace(/\.js$/, "");
    return { from: file, to: `${target.replace(/\.ts$/, "")}.ts` };
  });
}

function rankOf({ tree, ranks }: Layers, file: string): { rank: number; room: string } {
  const path = relative(tree, file);
  // A file or folder that is named itself stands apart from the folder it is in.
  const parts = path.split("/");
  for (let depth = parts.length; depth > 0; depth--) {
    const room = parts.slice(0, depth).join("/");
    const rank = ranks.findIndex((rooms) => rooms.includes(room));
    if (rank >= 0) return { rank, room };
  }
  return { rank: -1, room: path };
}

function violations(layers: Layers, imports: Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    if (!to.startsWith(`${layers.tree}/`)) return [];
    const source = rankOf(layers, from);
    const target = rankOf(layers, to);
    if (source.rank < 0 || target.rank < 0) return [`${from} → ${to}: one of them has no place in the layers`];
    if (layers.forbidden?.some(([a, b]) => source.room === a && relative(layers.tree, to) === b))
      return [`${from} → ${to}: forbidden`];
    return source.room === target.room || target.rank < source.rank ? [] : [`${from} → ${to}: not a lower layer`];
  });
}

/** Files on a cycle of imports. */
function cycles(imports: Import[]): string[] {
  const remaining = new Set(imports.flatMap(({ from, to }) => [from, to]));
  for (let changed = true; changed;) {
    changed = false;
    for (const file of remaining) {
      if (imports.some(({ from, to }) => from === file && remaining.has(to))) continue;
      remaining.delete(file);
      changed = true;
    }
  }
  return [...remaining];
}

describe.each([CORE])("$tree", (layers) => {
  const imports = filesOf(layers.tree).flatMap((file) => importsOf(file));

  test("every folder imports only from lower layers", () => {
    expect(imports.length).toBeGreaterThan(20);
    expect(violations(layers, imports)).toEqual([]);
  });

  test("no files import each other in a cycle", () => {
    expect(cycles(imports)).toEqual([]);
  });
});

test("every kind of import is found, except imports of types", () => {
  const source = `
import { a } from "./a.js";
import {
  b,
  type B,
} from "./b.js";
export * from "./c.js";
import "./d.js";
const { e } = await import("./e.js");
import type { F } from "./f.js";
import { g } from "elsewhere";`;
  const seen = importsOf("assembly/x.ts", source).map(({ to }) => to);
  expect(seen).toEqual(["a", "b", "c", "d", "e"].map((name) => `assembly/${name}.ts`));
});

test("the rules reject planted violations", () => {
  const planted: [Layers, string, string][] = [
    [CORE, "assembly/memory/blocks.ts", "assembly/death/death.ts"],
    [CORE, "assembly/memory/blocks.ts", "assembly/object/type.ts"],
    [CORE, "assembly/collect/teardown.ts", "assembly/memory/blocks.ts"],
    [CORE, "assembly/new-file.ts", "assembly/control.ts"],
  ];
  for (const [layers, from, to] of planted)
    expect(violations(layers, [{ from, to }]), `${from} → ${to}`).toHaveLength(1);
  expect(
    cycles([
      { from: "a", to: "b" },
      { from: "b", to: "c" },
      { from: "c", to: "a" },
      { from: "d", to: "a" },
    ]),
  ).toContain("a");
});
