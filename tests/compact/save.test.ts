// Images whose objects were moved to the lowest pages, by `save` or by `restore`: what is equal, and what is smaller.

import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { readImageSync } from "../../src/dump.js";
import { orphans, restore, restoreSync, save, saveStream } from "../../src/image.js";
import { CORES, codeOf } from "../support/heap.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import { differenceOfImages } from "../support/same-images.js";
import { richImage, tampered, tryImage } from "../image/hostile.js";
import { ImageProgram } from "../image/program.js";

describe.each(CORES)("%s core", (build, options) => {
  test.each(["save", "restore"] as const)(
    "a random program goes on as it would have, when %s moves its objects",
    (by) => {
      const first = seedOf(by === "save" ? 1 : 100);
      for (let seed = first; seed < first + howMany(build === "release" ? 2 : 1); seed++) {
        let step = 0;
        try {
          const pauses = seed % 2 === 0 ? "bounded" : "unbounded";
          const plain = new ImageProgram(seed, { ...options(), pauses });
          const moved = new ImageProgram(seed, { ...options(), pauses });
          for (step = 1; step <= 150; step++) {
            plain.step();
            moved.step();
            if ((step * 7 + seed) % 23 === 0) {
              // Saving ends a cycle under way.
              save(plain.heap);
              moved.move(by);
            }
            if (step % 25 !== 0) continue;
            const pairs = plain.held.map((address, i) => [address, moved.held[i] as number] as const);
            expect(differenceOfImages(save(plain.heap), save(moved.heap), pairs)).toBeUndefined();
          }
          expect(moved.events).toEqual(plain.events);
          expect(moved.heap.gc.getStats()).toEqual(plain.heap.gc.getStats());
          plain.heap.dispose();
          moved.heap.dispose();
          expect(moved.events.sort()).toEqual(plain.events.sort());
        } catch (error) {
          throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message.slice(0, 500)}`, { cause: error });
        }
      }
    },
  );

  /** The heap of a compacted image. */
  const moved = (heap: Heap): Heap => {
    const restored = restoreSync(save(heap, { compact: true }), options());
    restored.verify();
    return restored;
  };

  test("tables find their keys again, whatever the keys hash by, and keep their order", () => {
    const heap = Heap.createSync(options());
    // Holes below everything, so that all of it moves.
    const holes = heap.list(Array.from({ length: 3000 }, (_, i) => heap.frozenset([heap.tuple([i, 0.5 + i])])));
    const P = heap.struct("P", { x: "f64" });
    const p = P.new({ x: 1 });
    const gone = P.new({ x: 2 });
    const dead = heap.weakref.ref(gone);
    heap.set([dead]); // hashed while it lives
    gone.release();
    const inner = heap.frozenset([p, "text", 7]);
    const keys = [
      ...[p, null, true, NaN, -0, 0.5, 1e300, -(2 ** 40), 2n ** 62n, "text", new Uint8Array([1, 2, 3])],
      ...[heap.tuple([p, "ünï", -1, 2 ** 53, 0.25, false, 3n, NaN, null, heap.tuple([])]), inner],
      ...[heap.tuple([1, "plain"]), heap.frozenset([inner, heap.tuple([inner])]), heap.frozenset([]), dead],
      ...[heap.weakref.ref(p), heap.weakref.ref(inner), heap.weakref.keyMap(), heap.frozenset(["only", "atoms"])],
    ];
    const dict = heap.dict(keys.map((key, i) => [key, i]));
    dict.set("deleted", 0);
    dict.set(p, 1000);
    dict.delete("deleted");
    heap.roots.set("dict", dict);
    heap.roots.set("set", heap.set(keys));
    heap.roots.set("list", heap.list(keys));
    holes.release();
    const again = moved(heap);
    const [dict2, list] = [again.roots.get("dict"), again.roots.get("list")];
    if (dict2?.type !== "dict" || list?.type !== "list") throw new Error("roots have changed");
    const entries = dict2 as ReturnType<Heap["dict"]>;
    const items = list as ReturnType<Heap["list"]>;
    expect(entries.size).toBe(dict.size);
    keys.forEach((_, i) => {
      const key = items.get(i);
      // A NaN that was read is another NaN.
      const value = i === 0 ? 1000 : Number.isNaN(key) ? undefined : i;
      expect(entries.get(key as never), `key ${i}`).toBe(value);
    });
    expect([...entries.keys()].findIndex((key) => Number.isNaN(key))).toBe(3);
    expect([...entries.values()]).toEqual([...dict.values()]);
    for (let i = 0; i < 50; i++) entries.set(i + 1000, i);
    again.verify();
  });

  test("counts beyond 254, weak maps, interned texts, large blocks, gc.garbage and sites follow", () => {
    const heap = Heap.createSync({ ...options(), hashSeed: 4 });
    const P = heap.struct("P", { self: "ref", x: "f64" });
    const holes = Array.from({ length: 2000 }, (_, i) => P.new({ x: i }));
    const p = P.new({ x: 5 });
    const many = Array.from({ length: 300 }, () => p.clone());
    const map = heap.weakref.keyMap([[p, "value"]]);
    heap.roots.set("map", map);
    heap.roots.set("p", p);
    heap.roots.set("bytes", heap.bytes(new Uint8Array(40_000).fill(7)));
    heap.roots.set("list", heap.list(Array.from({ length: 10_000 }, (_, i) => i)));
    heap.intern("interned");
    heap.gc.setDebug(heap.gc.DEBUG_SAVEALL);
    const q = P.new({ x: 6 });
    q.self = q;
    q.release();
    heap.gc.collect();
    for (const hole of holes) hole.release();
    const again = moved(heap);
    expect(again.core.refcount((again.roots.get("p") as { address: number }).address)).toBe(
      heap.core.refcount(p.address) + 1,
    );
    expect(orphans(again).find(({ references }) => references > 254)?.references).toBe(many.length + 1);
    const [map2, p2] = [again.roots.get("map"), again.roots.get("p")];
    expect((map2 as typeof map).get(p2 as typeof p)).toBe("value");
    expect(again.roots.get("bytes")?.toJS()).toEqual(new Uint8Array(40_000).fill(7));
    expect(again.roots.get("list")?.toJS()).toEqual(Array.from({ length: 10_000 }, (_, i) => i));
    expect(again.gc.garbage.length).toBe(1);
    expect(again.stats().interned).toBe(heap.stats().interned);
    expect(differenceOfImages(save(heap), save(restoreSync(save(heap, { compact: true }), options())))).toBeUndefined();
  });
});

/** A cache of documents, of which one in ten is left. */
function evictedCache(documents: number): Heap {
  const heap = Heap.createSync();
  const random = seededRandom(7);
  const cache = heap.dict();
  heap.roots.set("cache", cache);
  for (let i = 0; i < documents; i++) {
    const rows = Array.from({ length: 40 }, (_, row) => ({ row, name: `row ${row} of ${i}` }));
    heap.scope(() => cache.set(i, heap.from({ id: i, rows })));
  }
  for (let i = 0; i < documents; i++) if (random(10) > 0) cache.delete(i);
  return heap;
}

test("a cache of which nine in ten were evicted takes as much memory as what is left of it", () => {
  const heap = evictedCache(400);
  const { reserved, live } = heap.stats().bytes;
  expect(reserved).toBeGreaterThan(4 * live);
  const image = save(heap);
  const once = save(heap, { compact: true });
  // The heap that was saved is as it was.
  expect(Buffer.compare(image, save(heap))).toBe(0);
  const [plain, small] = [restoreSync(image), restoreSync(image, { compact: true })];
  // Both doors lead to the same bytes.
  expect(Buffer.compare(once, save(small))).toBe(0);
  expect(plain.stats().bytes.reserved).toBe(reserved);
  expect(small.stats().bytes.reserved).toBeLessThan(1.3 * live + 2 ** 20);
  expect(small.roots.get("cache")?.toJS()).toEqual(heap.roots.get("cache")?.toJS());
  // Doing it again changes nothing.
  expect(Buffer.compare(once, save(restoreSync(once), { compact: true }))).toBe(0);
  // A dump reads the same objects.
  const [graph, moved] = [image, once].map((bytes) => readImageSync(bytes));
  expect(moved?.nodes.count).toBe(graph?.nodes.count);
});

test("a stream has the bytes of the image, and a restore takes them", async () => {
  const heap = evictedCache(50);
  const pieces: Uint8Array[] = [];
  for await (const piece of saveStream(heap, { compact: true })) pieces.push(piece);
  expect(Buffer.compare(Buffer.concat(pieces), save(heap, { compact: true }))).toBe(0);
  const restored = await restore(saveStream(heap, { compact: true }), { compact: true });
  expect(restored.roots.get("cache")?.toJS()).toEqual(heap.roots.get("cache")?.toJS());
});

test("options that are none are refused", () => {
  const heap = Heap.createSync();
  expect(codeOf(() => save(heap, { compat: true } as never))).toBe("BAD_OPTION");
  expect(codeOf(() => save(heap, { compact: 1 } as never))).toBe("BAD_OPTION");
  expect(codeOf(() => saveStream(heap, { compact: "yes" } as never))).toBe("BAD_OPTION");
  expect(codeOf(() => restoreSync(save(heap), { compact: 1 } as never))).toBe("BAD_OPTION");
  expect(codeOf(() => Heap.createSync({ compact: true } as never))).toBe("BAD_OPTION");
});

test("an image that was tampered with is refused or gives a sound heap, when its objects are moved", () => {
  const seed = seedOf(7);
  const random = seededRandom(seed);
  const image = richImage(seed, 200);
  let refused = 0;
  const count = howMany(25);
  for (let i = 0; i < count; i++) {
    try {
      if (tryImage(tampered(image, random, 1 + random(3)), { compact: true })) refused++;
    } catch (error) {
      throw new Error(`seed ${seed}, image ${i}`, { cause: error });
    }
  }
  expect(refused).toBeLessThan(count);
});
