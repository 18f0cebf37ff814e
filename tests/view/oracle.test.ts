import { expect, test } from "vitest";
import { save, share } from "../../src/image.js";
import { Handle, Heap } from "../../src/index.js";
import type { DictHandle } from "../../src/index.js";
import { NodeView } from "../../src/view/node.js";
import type { DictView } from "../../src/view/dict.js";
import type { ListView } from "../../src/view/sequence.js";
import { openView } from "../../src/view/heap-view.js";
import { ImageProgram } from "../image/program.js";
import { CORES } from "../support/heap.js";
import { makeItems, show } from "../support/items.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import { compareHeaps, lookUp } from "./compare.js";

/** A heap with a bit of everything, all of it named. */
function richHeap(seed: number, steps: number, options: ConstructorParameters<typeof ImageProgram>[1]): Heap {
  const program = new ImageProgram(seed, options);
  for (let step = 0; step < steps; step++) program.step();
  program.handles.forEach((handle, slot) => {
    if (handle !== null) program.heap.roots.set(`slot ${slot}`, handle);
  });
  return program.heap;
}

test.each(CORES)("a view reads what handles read, of random heaps of a %s core", (_, options) => {
  const first = seedOf(100);
  for (let seed = first; seed < first + howMany(2); seed++) {
    const heap = richHeap(seed, 150, options());
    const count = compareHeaps(heap, openView(seed % 2 === 0 ? share(heap) : save(heap)));
    expect(count, `seed ${seed}`).toBeGreaterThan(10);
    heap.dispose();
  }
});

test("keys of all kinds are found where handles find them, and nowhere else", () => {
  const first = seedOf(1);
  for (let seed = first; seed < first + howMany(3); seed++) {
    const random = seededRandom(seed);
    const heap = Heap.createSync({ hashSeed: seed });
    const items = makeItems(heap);
    const hashable = items.filter(({ isHashable }) => isHashable);
    const dict: DictHandle = heap.dict();
    hashable.forEach(({ value }, index) => {
      if (random(2) === 0) dict.set(value, index);
    });
    const set = heap.set([...dict.keys()]);
    heap.roots.set("dict", dict).set("set", set);
    heap.roots.set("items", heap.list(items.map(({ value }) => value)));
    const { roots } = openView(save(heap));
    const view = roots.get("dict") as DictView;
    const views = [...(roots.get("items") as ListView)];
    items.forEach(({ value }, i) => {
      const sought = value instanceof Handle ? (views[i] as never) : value;
      // Of a set, a handle looks for the equal frozenset.
      if (sought instanceof NodeView && sought.type === "set") return;
      const what = `seed ${seed}: ${show(value)}`;
      const found = lookUp(() => dict.get(value) ?? null);
      expect(
        lookUp(() => view.get(sought) ?? null),
        what,
      ).toBe(found);
      expect(
        lookUp(() => view.has(sought)),
        what,
      ).toBe(lookUp(() => dict.has(value)));
      expect(
        lookUp(() => (roots.get("set") as DictView).has(sought)),
        what,
      ).toBe(lookUp(() => set.has(value)));
    });
    heap.dispose();
  }
});

test("indexes of all sizes are searched, deleted entries too", () => {
  for (const size of [0, 1, 5, 100, 171, 400, 50_000]) {
    const heap = Heap.createSync({ hashSeed: size });
    const dict = heap.dict<string | number, number>();
    for (let i = 0; i < size; i++) dict.set(i % 3 === 0 ? i * 7919 : `key ${i}`, i);
    for (let i = 0; i < size; i += 5) dict.delete(i % 3 === 0 ? i * 7919 : `key ${i}`);
    heap.roots.set("dict", dict);
    const view = openView(save(heap)).roots.get<typeof dict>("dict")!;
    const step = Math.max(1, size >> 10);
    for (let i = 0; i < size; i += step) {
      const key = i % 3 === 0 ? i * 7919 : `key ${i}`;
      expect(view.get(key), `${size}: ${key}`).toBe(i % 5 === 0 ? undefined : i);
      expect(view.has(`no ${i}`)).toBe(false);
    }
    expect(view.size).toBe(dict.size);
    expect([...view.keys()].length).toBe(dict.size);
    heap.dispose();
  }
});

test("toJS goes as deep as the heap, and keeps circles and what is shared", () => {
  const heap = Heap.createSync();
  let deep: unknown[] = [];
  for (let i = 0; i < 30_000; i++) deep = [deep];
  const shared = { name: "shared" };
  const circle: Record<string, unknown> = { shared, again: shared, ["__proto__"]: 5 };
  circle.self = circle;
  heap.roots.set("deep", heap.from(deep)).set("circle", heap.from(circle));
  const view = openView(save(heap));
  let levels = 0;
  for (let at = view.read("deep").toJS() as unknown[]; at.length > 0; at = at[0] as unknown[]) levels++;
  expect(levels).toBe(30_000);
  const made = view.read("circle").toJS() as typeof circle;
  expect(made.self).toBe(made);
  expect(made.again).toBe(made.shared);
  expect(Object.keys(made)).toContain("__proto__");
});
