import { expect, test } from "vitest";
import { duplicates } from "../../src/dump/analysis/duplicates.js";
import { NodeFlag, NO_NODE } from "../../src/dump/graph/graph.js";
import { GraphBuilder } from "../../src/dump/graph/builder.js";
import { finish } from "../../src/dump/steps.js";
import { seededRandom, seedOf } from "../support/random.js";

const first = seedOf(1);

test(`equal texts and tuples are found, as by sorting their printed contents, from seed ${first}`, () => {
  let copies = 0;
  for (let seed = first; seed < first + 200; seed++) {
    const random = seededRandom(seed);
    const build = new GraphBuilder();
    const key: (string | null)[] = [];
    const size: number[] = [];
    const count = 1 + random(80);
    for (let v = 0; v < count; v++) {
      const kind = random(5);
      const bytes = Uint8Array.from({ length: random(3) }, () => random(3));
      const bytesEach = 16 + 8 * random(2);
      size[v] = bytesEach;
      const init = { size: bytesEach };
      if (kind === 0) {
        build.node("bytes", { ...init, contents: bytes });
        key[v] = `bytes ${size[v]} ${bytes.join()}`;
      } else if (kind === 1) {
        build.node("str", { ...init, label: bytes.join(), flags: NodeFlag.TEXT });
        key[v] = `str ${size[v]} ${bytes.join()}`;
      } else if (kind === 2) {
        build.node("list", init);
        key[v] = null;
      } else {
        build.node("tuple", { ...init, flags: NodeFlag.IMMUTABLE });
        const items = Array.from({ length: v === 0 ? 0 : random(3) }, () => random(v));
        for (const w of items) build.edge(v, w);
        key[v] = `tuple ${size[v]} (${items.map((w) => key[w] ?? `list ${w}`).join()})`;
      }
    }
    const { same, groups, wasted, nodes } = finish(duplicates(build.build()));
    const byKey = new Map<string, number[]>();
    key.forEach((text, v) => {
      if (text === null) expect(same[v]).toBe(NO_NODE);
      else byKey.set(text, [...(byKey.get(text) ?? []), v]);
    });
    const expected = [...byKey.values()].filter((list) => list.length > 1);
    for (const list of byKey.values())
      expect(new Set(list.map((v) => same[v])).size, `seed ${seed}: ${key[list[0] as number]}`).toBe(1);
    expect(new Set([...same].filter((v) => v !== NO_NODE)).size, `seed ${seed}`).toBe(byKey.size);
    expect(groups.length, `seed ${seed}`).toBe(expected.length);
    expect(nodes).toBe(expected.reduce((sum, list) => sum + list.length - 1, 0));
    expect(wasted).toBe(
      expected.reduce((sum, list) => sum + (list.length - 1) * (size[list[0] as number] as number), 0),
    );
    groups.forEach((group, i) => {
      if (i > 0) expect(group.wasted).toBeLessThanOrEqual(groups[i - 1]?.wasted as number);
      const list = byKey.get(key[group.node] as string) as number[];
      expect([group.count, group.wasted]).toEqual([list.length, (list.length - 1) * (size[group.node] as number)]);
    });
    copies += nodes;
  }
  expect(copies).toBeGreaterThan(1500);
});

test("a hundred thousand different texts, and tuples in a cycle", () => {
  const build = new GraphBuilder();
  for (let i = 0; i < 100_000; i++) build.node("int", { contents: Uint8Array.of(i, i >> 8, i >> 16) });
  const tuples = [0, 1].map(() => build.node("tuple", { flags: NodeFlag.IMMUTABLE }));
  build.edge(tuples[0] as number, tuples[1] as number);
  build.edge(tuples[1] as number, tuples[0] as number);
  expect(finish(duplicates(build.build())).groups).toEqual([]);
});
