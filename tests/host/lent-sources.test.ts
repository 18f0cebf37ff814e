// What takes the elements or pairs of something else leaves no handle behind that a loop over it has made.

import { describe, expect, test } from "vitest";
import type { Handle, Heap, SetHandle, Value } from "../../src/index.js";
import { lending } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

interface Releasable {
  release(): void;
}
interface Scene {
  readonly heap: Heap;
  readonly key: Handle;
  readonly others: SetHandle<Value>;
}

const SOURCES: Record<string, (scene: Scene) => unknown> = {
  list: ({ heap, key }) => heap.list([key, heap.list([key, key])]),
  "list of pairs": ({ heap, key }) => heap.list([heap.tuple([key, key]), heap.list([key, key])]),
  tuple: ({ heap, key }) => heap.tuple([heap.tuple([key, key]), 1]),
  set: ({ heap, key }) => heap.set([key]),
  "set of pairs": ({ heap, key }) => heap.set([heap.tuple([key, key])]),
  dict: ({ heap, key }) => heap.dict([[key, key]]),
  "weak set": ({ heap, key }) => heap.weakref.set([key]),
  "key map": ({ heap, key }) => heap.weakref.keyMap([[key, key]]),
  "value map": ({ heap, key }) => {
    const map = heap.weakref.valueMap();
    map.set(key, key);
    return map;
  },
  struct: ({ key }) => key,
  str: ({ heap }) => heap.str("ab"),
};

/** What each makes is its result, and nothing else. */
const TAKERS: Record<string, (scene: Scene, source: never) => Releasable | boolean> = {
  "heap.list": ({ heap }, source) => heap.list(source),
  "heap.tuple": ({ heap }, source) => heap.tuple(source),
  "heap.set": ({ heap }, source) => heap.set(source),
  "heap.dict": ({ heap }, source) => heap.dict(source),
  "list.setSlice": ({ heap }, source) =>
    filled(heap.list<Value>([1]), (list) => {
      list.setSlice(0, 1, source);
    }),
  "set.union": ({ others }, source) => others.union(source),
  "set.difference": ({ others }, source) => others.difference(source),
  "set.isDisjointFrom": ({ others }, source) => others.isDisjointFrom(source),
  "set.isSupersetOf": ({ others }, source) => others.isSupersetOf(source),
  "weak set": ({ heap }, source) => heap.weakref.set(source),
  "key map": ({ heap }, source) => heap.weakref.keyMap(source),
  "value map": ({ heap }, source) => heap.weakref.valueMap(source),
};

function filled<H extends Releasable>(made: H, use: (made: H) => void): H {
  try {
    use(made);
    return made;
  } catch (error) {
    made.release();
    throw error;
  }
}

describe.each(CORES)("%s core", (_, options) => {
  test.each(Object.entries(TAKERS))("%s leaves no handle of any source", (_taker, take) => {
    withHeap(options(), (heap) => {
      const key = heap.struct("Key", { n: "u8" }).new();
      const scene = { heap, key, others: heap.set<Value>([key, 5]) };
      for (const [name, make] of Object.entries(SOURCES)) {
        const source = make(scene) as never;
        const before = heap.handles().length;
        const code = codeOf(() => {
          const result = take(scene, source);
          if (typeof result === "object") result.release();
        });
        expect(["no error", "BAD_VALUE", "BAD_KEY"], name).toContain(code);
        expect(heap.handles().length, name).toBe(before);
        heap.verify();
      }
    });
  });

  test("a loop that is continued or ended in the middle of a step behaves like a generator", () => {
    withHeap(options(), (heap) => {
      const Key = heap.struct("Key", { n: "u8" });
      for (const interfere of ["next", "return", "throw"] as const) {
        const said: unknown[] = [];
        const values = {
          *[Symbol.iterator](): Generator<Handle> {
            for (let n = 0; n < 3; n++) {
              if (n > 0)
                try {
                  loop[interfere](undefined);
                } catch (error) {
                  said.push(error);
                }
              yield Key.new({ n });
            }
          },
        };
        const loop = lending(values);
        const seen = Array.from(loop, (key) => key.repr());
        expect(seen).toEqual(["Key(n=0)", "Key(n=1)", "Key(n=2)"]);
        expect(said).toEqual([expect.any(TypeError), expect.any(TypeError)]);
        expect(heap.handles()).toEqual([]);
      }
    });
  });
});
