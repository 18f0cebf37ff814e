// Live heaps whose objects move: everything that a program has in its hands goes on.

import { describe, expect, test } from "vitest";
import { Heap, lending } from "../../src/index.js";
import { compact, orphans, restoreSync, save } from "../../src/image.js";
import { trace } from "../../src/trace.js";
import { CORES, codeOf } from "../support/heap.js";
import { howMany, seedOf } from "../support/random.js";
import { differenceOfImages } from "../support/same-images.js";
import { ImageProgram } from "../image/program.js";

describe.each(CORES)("%s core", (build, options) => {
  test("a random program goes on as it would have, when its objects move between any two steps", () => {
    const first = seedOf(200);
    for (let seed = first; seed < first + howMany(build === "release" ? 4 : 2); seed++) {
      let step = 0;
      try {
        const pauses = seed % 2 === 0 ? "bounded" : "unbounded";
        const plain = new ImageProgram(seed, { ...options(), pauses });
        const moved = new ImageProgram(seed, { ...options(), pauses });
        for (step = 1; step <= 150; step++) {
          plain.step();
          moved.step();
          if ((step * 7 + seed) % 11 === 0) {
            // Saving ends a cycle under way, as compacting does.
            save(plain.heap);
            moved.compact();
          }
          if (step % 50 !== 0) continue;
          const pairs = plain.held.map((address, i) => [address, moved.held[i] as number] as const);
          expect(differenceOfImages(save(plain.heap), save(moved.heap), pairs)).toBeUndefined();
        }
        expect(moved.events).toEqual(plain.events);
        expect(moved.heap.gc.getStats()).toEqual(plain.heap.gc.getStats());
        plain.heap.dispose();
        moved.heap.dispose();
        expect(moved.events).toEqual(plain.events);
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}: ${(error as Error).message.slice(0, 500)}`, { cause: error });
      }
    }
  });

  test("memory comes back, and a heap that moved twice in a row stays where it is", () => {
    const heap = Heap.createSync(options());
    const low = heap.list(Array.from({ length: 3000 }, (_, i) => `item ${i}`));
    const kept = heap.list([1, [2, "three"]]);
    low.release();
    const bytes = heap.stats().bytes.live;
    const { before, after } = compact(heap);
    expect(after).toBeLessThan(before);
    expect(heap.stats().bytes.memory).toBe(after);
    expect(heap.stats().bytes.live).toBe(bytes);
    expect(heap.epoch).toBe(1);
    const again = compact(heap);
    expect([again.before, again.after]).toEqual([after, after]);
    expect(again.movedTo(kept.address)).toBe(kept.address);
    for (const none of [0, 1, 8, kept.address + 4, kept.address - 8, -1, 2 ** 31, 2 ** 32 - 8, NaN, Infinity])
      expect(again.movedTo(none), String(none)).toBe(0);
    expect(kept.toJS()).toEqual([1, [2, "three"]]);
    const grown = heap.list(Array.from({ length: 20_000 }, (_, i) => i + 1000));
    expect(grown.get(19_999)).toBe(20_999);
    heap.verify();
  });

  test("loops that are under way go on behind the entry that they gave last", () => {
    const heap = Heap.createSync(options());
    const P = heap.struct("P", { n: "u32" });
    const holes = Array.from({ length: 500 }, () => P.new({ n: 0 }));
    // Weak maps and their entries, so that those of the loops move, too.
    const anchor = P.new({ n: 0 });
    const maps = Array.from({ length: 200 }, () => heap.weakref.keyMap([[anchor, 1]]));
    const people = Array.from({ length: 9 }, (_, n) => P.new({ n }));
    const list = heap.list(people);
    const dict = heap.dict(people.map((p) => [p, p.n]));
    const set = heap.set(people);
    const map = heap.weakref.keyMap(people.map((p) => [p, p.n]));
    const weak = heap.weakref.set(people);
    const values = heap.weakref.valueMap(people.map((p) => [p.n, p]));
    const going = (): void => {
      holes.pop()?.release();
      maps.pop()?.release();
      compact(heap);
    };
    const seen = (objects: Iterable<{ n: number }>): number[] => {
      const found: number[] = [];
      for (const { n } of lending(objects as never) as Iterable<{ n: number }>) {
        going();
        found.push(n);
      }
      return found;
    };
    const all = people.map(({ n }) => n);
    for (const one of [list, dict.keys(), set, map.keys(), weak, values.values()])
      expect(seen(one as Iterable<{ n: number }>)).toEqual(all);
    heap.verify();
    // A change is still noticed.
    expect(
      codeOf(() => {
        for (const key of lending(map.keys())) {
          going();
          map.set(anchor, key.n);
        }
      }),
    ).toBe("CONTAINER_CHANGED");
    map.delete(anchor);
    // Weak values that die remove their entries.
    people[3]?.release();
    list.clear();
    dict.clear();
    set.clear();
    for (const person of people) person.release();
    expect([values.size, map.size, weak.size]).toEqual([0, 0, 0]);
    values.release();
    map.release();
    weak.release();
    heap.verify();
  });

  test("finalizers, callbacks, proxies, scopes, pauses, gc.garbage, roots, traces and captured functions go on", () => {
    const said: string[] = [];
    const heap = Heap.createSync(options());
    const holes = heap.list(Array.from({ length: 2000 }, (_, i) => i + 0.5));
    const P = heap.struct("P", { next: "ref", name: "str" }, { finalize: (p) => said.push(`bye ${p.name}`) });
    const [a, b] = [P.new({ name: "a" }), P.new({ name: "b" })];
    heap.weakref.ref(a, () => said.push("callback"));
    heap.weakref.finalize(b, (name: string) => said.push(name), "finalized");
    const proxy = heap.weakref.proxy(a);
    heap.roots.set("b", b);
    const { alloc, incref, decref } = heap.core;
    const pause = heap.gc.pause();
    const { garbage } = heap.gc;
    garbage.append("kept");
    trace(heap).start();
    const traced = heap.list(["traced"]);
    const site = trace(heap).getObjectTraceback(traced)?.length;
    const result = heap.scope(() => {
      const inner = heap.tuple([a, 1]);
      holes.release();
      compact(heap);
      return inner;
    });
    heap.verify();
    expect(result.get(1)).toBe(1);
    expect((proxy as unknown as { name: string }).name).toBe("a");
    expect(heap.gc.isPaused).toBe(true);
    pause.release();
    expect(heap.gc.isPaused).toBe(false);
    expect(garbage.toJS()).toEqual(["kept"]);
    expect(heap.gc.garbage.is(garbage)).toBe(true);
    garbage.clear();
    expect(site).toBeGreaterThan(0);
    expect(trace(heap).isTracing()).toBe(true);
    expect(trace(heap).getObjectTraceback(traced)?.length).toBe(site);
    const later = heap.list(["later"]);
    expect(trace(heap).getObjectTraceback(later)?.length).toBeGreaterThan(0);
    trace(heap).stop();
    const raw = alloc(P.id);
    incref(raw);
    decref(raw);
    decref(raw);
    expect(said.splice(0)).toEqual(["bye null"]);
    result.release();
    a.next = b;
    b.next = a; // a cycle, which a root holds
    heap.roots.delete("b");
    a.release();
    b.release();
    heap.gc.collect();
    expect(said.sort()).toEqual(["bye a", "bye b", "callback", "finalized"]);
    heap.verify();
    heap.dispose();
  });

  test("it is refused where the heap holds addresses, and nothing has changed", () => {
    const heap = Heap.createSync(options());
    const codes: string[] = [];
    const tryIt = (): void => void codes.push(codeOf(() => compact(heap)));
    const P = heap.struct("P", { any: "value" }, { finalize: tryIt });
    P.new().release();
    const target = heap.set();
    heap.weakref.ref(target, tryIt);
    target.release();
    const callback = (): void => {
      tryIt();
    };
    heap.gc.callbacks.push(callback);
    heap.gc.collect();
    heap.gc.callbacks.length = 0;
    heap.list([2, 1]).sort(() => {
      tryIt();
      return 0;
    });
    heap.from({
      get field() {
        tryIt();
        return 1;
      },
    });
    const trap = new Proxy({}, { getPrototypeOf: () => (tryIt(), Object.prototype), ownKeys: () => [] });
    const iterable = {
      *[Symbol.iterator]() {
        yield "first";
        tryIt();
        yield "second";
      },
    };
    heap.list(iterable);
    heap.tuple(iterable);
    heap.set(iterable);
    heap.list(["before", trap]);
    P.new({ any: trap });
    heap.dict([["key", trap]]);
    expect(codeOf(() => heap.dict().set(trap as never, heap.list()))).toBe("BAD_KEY");
    expect(new Set(codes)).toEqual(new Set(["HEAP_BUSY"]));
    expect(codes.length).toBeGreaterThan(11);
    expect(heap.epoch).toBe(0);
    heap.verify();
    expect(codeOf(() => compact(heap))).toBe("no error");
    expect(codeOf(() => compact({} as Heap))).toBe("BAD_VALUE");
    heap.dispose();
    expect(codeOf(() => compact(heap))).toBe("HEAP_DISPOSED");
  });

  test("orphans of a restored heap follow, those that were taken stay taken", () => {
    const saved = Heap.createSync(options());
    const holes = saved.list(Array.from({ length: 2000 }, (_, i) => i + 0.5));
    const kept = [saved.list(["one"]), saved.list(["two"])];
    saved.core.incref((kept[0] as { address: number }).address);
    holes.release();
    const heap = restoreSync(save(saved), options());
    const before = orphans(heap);
    compact(heap);
    const after = orphans(heap);
    expect(after.map(({ references }) => references)).toEqual(before.map(({ references }) => references));
    expect(after.map(({ address }) => heap.core.refcount(address))).toEqual([2, 1]);
    heap.verify();
    heap.dispose();
  });
});
