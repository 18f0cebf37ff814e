import { describe, expect, test } from "vitest";
import { auditRefcounts, isCounted, refcountEquation } from "../../src/dump/analysis/refcounts.js";
import { referrers } from "../../src/dump/analysis/referrers.js";
import { EdgeStrength, NodeFlag, RootKind } from "../../src/dump/graph/graph.js";
import type { HeapGraph } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { finish } from "../../src/dump/steps.js";
import { seededRandom, seedOf } from "../support/random.js";

const first = seedOf(1);

/** A heap whose counts are right, but for a few that are then wrong by `planted`. */
function counted(seed: number): {
  graph: HeapGraph;
  planted: Map<number, number>;
  leaked: Map<number, number>;
  immortal: number;
} {
  const random = seededRandom(seed);
  const count = 1 + random(60);
  const links: { from: number; to: number; strength: number }[] = [];
  for (let i = random(4 * count); i > 0; i--)
    links.push({ from: random(count), to: random(count), strength: [0, 0, 0, 1, 2, 3][random(6)] as number });
  const roots: { target: number; references: number; kind: number }[] = [];
  for (let i = random(count); i > 0; i--)
    roots.push({
      target: random(count),
      references: 1 + random(3),
      kind: random(2) ? RootKind.HANDLE : RootKind.NAMED,
    });
  const planted = new Map<number, number>();
  const leaked = new Map<number, number>();
  let immortal = 0;
  const build = new GraphBuilder();
  for (let v = 0; v < count; v++) {
    const slots = links.filter(({ to, strength }) => to === v && isCounted(strength)).length;
    const held = roots.reduce((sum, { target, references }) => sum + (target === v ? references : 0), 0);
    const lost = random(8) === 0 ? 1 + random(300) : 0;
    const isImmortal = random(10) === 0;
    const wrong = !isImmortal && random(8) === 0 ? Math.max(random(5) - 2, -(slots + held + lost)) : 0;
    if (lost) leaked.set(v, lost);
    if (wrong) planted.set(v, wrong);
    if (isImmortal) immortal++;
    const refcount = isImmortal ? 0x8000_0000 : slots + held + lost + wrong;
    build.node("T", { refcount, outside: held + lost, flags: isImmortal ? NodeFlag.IMMORTAL : 0 });
  }
  for (const { from, to, strength } of links) build.edge(from, to, { strength });
  for (const { target, references, kind } of roots) build.root(target, kind, "", references);
  return { graph: build.build(), planted, leaked, immortal };
}

test(`every wrong count is found, and no other, from seed ${first}`, () => {
  let wrong = 0;
  for (let seed = first; seed < first + 300; seed++) {
    const { graph, planted, leaked, immortal } = counted(seed);
    const audit = finish(auditRefcounts(graph));
    const all = [...planted].sort(([a], [b]) => a - b);
    expect([...(audit?.extra ?? [])], `seed ${seed}`).toEqual(all.filter(([, by]) => by > 0).map(([v]) => v));
    expect([...(audit?.missing ?? [])], `seed ${seed}`).toEqual(all.filter(([, by]) => by < 0).map(([v]) => v));
    expect([...(audit?.leaked.nodes ?? [])], `seed ${seed}`).toEqual([...leaked.keys()]);
    expect(audit?.leaked.references).toBe([...leaked.values()].reduce((sum, n) => sum + n, 0));
    expect(audit?.immortal).toBe(immortal);
    const back = finish(referrers(graph));
    for (let v = 0; v < graph.nodes.count; v++) {
      const equation = refcountEquation(graph, back, v);
      expect(equation?.extra, `seed ${seed}, node ${v}`).toBe(planted.get(v) ?? 0);
      expect(equation?.unexplained, `seed ${seed}, node ${v}`).toBe(leaked.get(v) ?? 0);
      expect(equation?.from.reduce((sum, { count }) => sum + count, 0)).toBe(equation?.slots);
      const held = equation?.roots.reduce((sum, { references }) => sum + references, 0) as number;
      const sum = (equation?.slots as number) + held + (leaked.get(v) ?? 0) + (planted.get(v) ?? 0);
      if (!equation?.isImmortal) expect(equation?.refcount, `seed ${seed}, node ${v}`).toBe(sum);
    }
    wrong += planted.size;
  }
  expect(wrong).toBeGreaterThan(300);
});

describe("the equation in words", () => {
  const build = new GraphBuilder();
  const pair = build.type("Pair", "struct", ["head", "tail"]);
  const node = (refcount: number, outside: number, flags = 0) => build.node("T", { refcount, outside, flags });
  const held = node(3, 1);
  const only = node(2, 2);
  const lost = node(5, 4);
  const extra = node(7, 0);
  const missing = node(1, 0);
  const forever = node(0x8000_0000, 0, NodeFlag.IMMORTAL);
  const weakly = node(1, 0);
  const a = build.node(pair, { refcount: 1, outside: 1 });
  const list = build.node("list", { refcount: 1, outside: 1 });
  build.edge(a, held, { label: 0, slot: true });
  build.edge(a, held, { label: 1, slot: true });
  for (const v of [lost, missing, missing, forever]) build.edge(list, v);
  build.edge(a, weakly, { strength: EdgeStrength.WEAK });
  build.edge(a, weakly, { strength: EdgeStrength.EPHEMERON_KEY });
  build.edge(list, weakly, { strength: EdgeStrength.EPHEMERON_MAP });
  build.root(held, RootKind.HANDLE);
  build.root(only, RootKind.HANDLE, "here", 1);
  build.root(only, RootKind.NAMED, "cache", 1);
  build.root(lost, RootKind.HANDLE, "", 2);
  build.root(a);
  build.root(list);
  build.root(forever, RootKind.IMMORTAL, "", 0);
  const graph = build.build();
  const back = finish(referrers(graph));
  const words = (v: number) => refcountEquation(graph, back, v)?.text;

  test("adds up", () => {
    expect(words(held)).toBe("3 = 2 slots + 1 handle");
    expect(words(only)).toBe("2 = 1 handle + 1 named root");
    expect(words(lost)).toBe("5 = 1 slot + 2 handles + 2 leaked");
    expect(words(weakly)).toBe("1 = 1 slot");
  });

  test("with damage, and with uncounted references", () => {
    expect(words(extra)).toBe("7 = 7 that nobody has");
    expect(words(missing)).toBe("1 = 2 slots - 1 that nobody counted");
    expect(words(forever)).toBe("immortal; 1 slot");
  });

  test("names the holders", () => {
    expect(refcountEquation(graph, back, held)?.from).toEqual([
      { type: "Pair", field: "head", count: 1 },
      { type: "Pair", field: "tail", count: 1 },
    ]);
    expect(refcountEquation(graph, back, missing)?.from).toEqual([{ type: "list", field: "[…]", count: 2 }]);
    expect(refcountEquation(graph, back, lost)?.from).toEqual([{ type: "list", field: "[0]", count: 1 }]);
  });
});

test("is null for a source without refcounts", () => {
  const build = new GraphBuilder();
  build.node("T");
  const graph = build.build();
  expect(refcountEquation(graph, finish(referrers(graph)), 0)).toBe(null);
  expect(finish(auditRefcounts(graph))).toBe(null);
});
