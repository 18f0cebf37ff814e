// The core finds the entries of all weak maps in one index, by a hash of map and key. Pairs with one hash are rare: they
// are looked for here, by the same formula.

import { expect, test } from "vitest";
import type { Handle } from "../../src/index.js";
import { CORES, withHeap } from "../support/heap.js";

const MAPS = 1500;
const KEYS = 20_000;
/** Between two keys, so that their addresses differ by as much as hashes of maps do. */
const GAP = new Uint8Array(1500);
/** Pairs that are tried. */
const PAIRS = 10;

/** `hashOfPair` of assembly/weak/map.ts, but for the key, which is mixed in by "exclusive or". */
const hashOf = (map: Handle): number => Math.imul(map.address >>> 3, 0x85ebca6b);

test.each(CORES)("%s core: two entries with the same hash are distinct", (_, options) => {
  withHeap(options(), (heap) => {
    heap.gc.disable();
    const Key = heap.struct("Key", { id: "i32" });
    const maps = Array.from({ length: MAPS }, () => heap.weakref.keyMap());
    const keys = new Map<number, Handle>();
    for (let id = 0; id < KEYS; id++) {
      const key = Key.new({ id });
      keys.set(key.address >>> 3, key);
      heap.roots.set(`${id}`, heap.bytes(GAP));
    }
    const hashes = maps.map(hashOf);
    const largest = Math.max(...keys.keys());
    let found = 0;
    for (let i = 0; i < MAPS && found < PAIRS; i++)
      for (let j = 0; j < i && found < PAIRS; j++) {
        const difference = ((hashes[i] as number) ^ (hashes[j] as number)) >>> 0;
        if (difference > 2 * largest) continue;
        for (const [place, key] of keys) {
          const other = keys.get(place ^ difference);
          if (other === undefined) continue;
          const [one, two] = [maps[i], maps[j]] as [(typeof maps)[0], (typeof maps)[0]];
          one.set(key, "one");
          expect([two.has(other), two.get(other)]).toEqual([false, undefined]);
          two.set(other, "two");
          expect([one.get(key), two.get(other)]).toEqual(["one", "two"]);
          expect([one.delete(key), two.get(other)]).toEqual([true, "two"]);
          expect([one.has(key), two.delete(other)]).toEqual([false, true]);
          found++;
          break;
        }
      }
    expect(found).toBe(PAIRS);
    heap.verify();
  });
});

test.each(CORES)("%s core: a full collection shrinks the index when most entries are gone", (_, options) => {
  withHeap(options(), (heap) => {
    const Key = heap.struct("Key", { id: "i32" });
    const map = heap.weakref.keyMap();
    const few = Array.from({ length: 10 }, (_none, id) => Key.new({ id }));
    for (const key of few) map.set(key, null);
    heap.gc.collect();
    const before = heap.stats().bytes.live;
    const many = Array.from({ length: 5000 }, (_none, id) => Key.new({ id }));
    for (const key of many) map.set(key, null);
    const full = heap.stats().bytes.live;
    for (const key of many) key.release();
    heap.gc.collect();
    expect(full - before).toBeGreaterThan(5000 * 24);
    // No table is left that is larger than it was, but for the smallest sizes.
    expect(heap.stats().bytes.live - before).toBeLessThan(4096);
    expect(few.every((key) => map.has(key))).toBe(true);
  });
});
