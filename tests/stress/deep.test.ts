// Hundreds of thousands of objects that hang on each other, dropped at once: by the last reference, or by a collection.
// Nothing may recurse with them, and all must come back. HEAPWRIGHT_SCALE makes millions of them.

import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { Address, Handle, HeapOptions, ListHandle } from "../../src/index.js";
import { SCALE } from "../support/growth.js";
import { CORES } from "../support/heap.js";
import { holdings } from "../support/scenes.js";

const LINK = { next: "ref", previous: "ref" } as const;

/** How a structure is let go of: its last outside reference, or, closed to a cycle, by a collection. */
const WAYS = ["the last reference", "a collection"] as const;
type Way = (typeof WAYS)[number];

/** What a scene leaves to do: what it held is let go of before `end` looks at what happened. */
interface Scene {
  release: () => void;
  end?: () => void;
}

describe.each(CORES)("%s core", (core, options) => {
  const length = (core === "checked" ? 50_000 : 250_000) * SCALE;

  /** Builds a structure, lets go of it, and sees that nothing is left. */
  function play(build: (heap: Heap) => Scene, more: HeapOptions<WebAssembly.Module> = {}): void {
    const heap = Heap.createSync({ ...(options() as HeapOptions<WebAssembly.Module>), ...more });
    heap.gc.disable();
    const before = holdings(heap);
    const { release, end } = build(heap);
    release();
    heap.verify();
    end?.();
    expect(holdings(heap)).toEqual(before);
    heap.dispose();
  }

  /** A chain of objects, each of which holds the next; its first and its last, each owned. */
  function chain(heap: Heap, type: number, each: (object: Address, n: number) => void = () => undefined): Address[] {
    const first = heap.core.alloc(type);
    each(first, 0);
    let last = first;
    for (let n = 1; n < length; n++) {
      const object = heap.core.alloc(type);
      heap.core.setRef(last, 0, object);
      if (last !== first) heap.core.decref(last);
      last = object;
      each(object, n);
    }
    return [first, last];
  }

  /** Lets go of a chain in one of the ways. */
  function drop(heap: Heap, [first, last]: Address[], way: Way): void {
    if (way === "a collection") heap.core.setRef(last as Address, 0, first as Address);
    heap.core.decref(last as Address);
    heap.core.decref(first as Address);
    if (way === "a collection") expect(heap.gc.collect()).toBeGreaterThanOrEqual(length);
  }

  test.each(WAYS)("a chain with finalizers dies by %s", (way) => {
    play((heap) => {
      let finalized = 0;
      const Link = heap.struct("Link", LINK, { finalize: () => finalized++ });
      const ends = chain(heap, Link.id);
      return {
        release: () => drop(heap, ends, way),
        end: () => expect(finalized).toBe(length),
      };
    });
  });

  test.each(WAYS)("a chain with callbacks of weak references dies by %s", (way) => {
    play((heap) => {
      const Link = heap.struct("Link", LINK);
      const watchers = heap.list();
      const { store } = watchers;
      let called = 0;
      const ends = chain(heap, Link.id, (object) => {
        const weakref = store.core.newWeakref(
          object,
          store.callbacks.register(() => called++),
        );
        store.core.listAppend(watchers.address, weakref);
        store.core.decref(weakref);
      });
      return {
        release: () => {
          drop(heap, ends, way);
          watchers.release();
        },
        end: () => expect([called, store.callbacks.size]).toEqual([length, 0]),
      };
    });
  });

  test("a ring, doubly linked, is collected", () => {
    play((heap) => {
      const Link = heap.struct("Link", LINK);
      let before = 0;
      const [first, last] = chain(heap, Link.id, (object) => {
        heap.core.setRef(object, 1, before);
        before = object;
      }) as [Address, Address];
      heap.core.setRef(first, 1, last);
      return { release: () => drop(heap, [first, last], "a collection") };
    });
  });

  test.each(WAYS)("a chain of entries of a weak-keyed map, each the key of the next, dies by %s", (way) => {
    play((heap) => {
      const Link = heap.struct("Link", LINK);
      const map = heap.weakref.keyMap();
      const { core } = map.store;
      const [first, last] = ["first", "last"].map(() => heap.core.alloc(Link.id)) as [Address, Address];
      let key = first;
      for (let n = 1; n < length; n++) {
        const value = n === length - 1 ? last : heap.core.alloc(Link.id);
        core.weakMapSet(map.address, key, value);
        if (value !== last) heap.core.decref(value);
        key = value;
      }
      return {
        release: () => {
          expect(map.size).toBe(length - 1);
          if (way === "a collection") core.weakMapSet(map.address, last, first);
          heap.core.decref(first);
          heap.core.decref(last);
          if (way === "a collection") expect(heap.gc.collect()).toBe(2 * length);
          expect(map.size).toBe(0);
          map.release();
        },
      };
    });
  });

  test.each(WAYS)("lists in tuples in dicts in lists die by %s", (way) => {
    play((heap) => {
      const outermost: ListHandle = heap.list();
      let inner: Handle = outermost.clone();
      const wrap = [
        (held: Handle): Handle => heap.list([held]),
        (held: Handle): Handle => heap.tuple([held]),
        (held: Handle): Handle => heap.dict([["held", held]]),
      ];
      for (let n = 0; n < length / 10; n++) {
        const outer = (wrap[n % 3] as (held: Handle) => Handle)(inner);
        inner.release();
        inner = outer;
      }
      if (way === "a collection") outermost.append(inner);
      return {
        release: () => {
          outermost.release();
          inner.release();
          if (way === "a collection") expect(heap.gc.collect()).toBe(length / 10 + 1);
        },
      };
    });
  });

  test("finalizers that each release the next object do not recurse", () => {
    play((heap) => {
      let [finalized, nested, deepest] = [0, 0, 0];
      const Item = heap.struct("Item", LINK, {
        finalize: () => {
          deepest = Math.max(deepest, ++nested);
          if (++finalized < length) heap.core.decref(items[finalized] as Address);
          nested--;
        },
      });
      const items = Uint32Array.from({ length }, () => heap.core.alloc(Item.id));
      return {
        release: () => heap.core.decref(items[0] as Address),
        end: () => expect([finalized, deepest <= 51]).toEqual([length, true]),
      };
    });
  });

  test("finalizers deep in a death may collect", () => {
    const found: number[] = [];
    play((heap) => {
      const Bell = heap.struct("Bell", { n: "i32" }, { finalize: () => found.push(heap.gc.collect()) });
      const Link = heap.struct("Link", LINK);
      const ends = chain(heap, Link.id, (object, n) => {
        // Dropped last, so that by then what follows in the chain is dead; and in the middle of it.
        if (n % (length / 10) !== 7) return;
        const bell = heap.core.alloc(Bell.id);
        heap.core.setRef(object, 1, bell);
        heap.core.decref(bell);
      });
      return { release: () => drop(heap, ends, "the last reference") };
    });
    expect(found).toEqual(Array.from({ length: 10 }, () => 0));
  });

  test("a finalizer of the first remaining object may collect", () => {
    let found = -1;
    play((heap) => {
      const Bell = heap.struct("Bell", LINK, { finalize: () => (found = heap.gc.collect()) });
      const Link = heap.struct("Link", LINK);
      // The bell rings half-way down: what is behind it is held by the dying alone, and is no garbage.
      const [first, middle] = chain(heap, Link.id) as [Address, Address];
      const [after, last] = chain(heap, Link.id) as [Address, Address];
      const bell = heap.core.alloc(Bell.id);
      heap.core.setRef(bell, 0, after);
      heap.core.setRef(middle, 0, bell);
      for (const each of [bell, middle, after, last]) heap.core.decref(each);
      return { release: () => heap.core.decref(first) };
    });
    expect(found).toBe(0);
  });
});
