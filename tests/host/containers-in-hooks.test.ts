// Comparators and finalizers that change the container they are called from.

import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { DictHandle, ListHandle, SetHandle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("containers and hooks, %s core", (_, options) => {
  test("a comparator that changes the list is rejected, and the list is unchanged", () => {
    withHeap(options(), (heap) => {
      const list = heap.list([3, 1, 2]);
      const changes: (() => void)[] = [
        () => {
          list.append(1);
        },
        () => list.pop(),
        () => {
          list.clear();
        },
        () => {
          list.set(0, 9);
        },
        () => {
          list.insert(0, 9);
        },
        () => {
          list.reverse();
        },
        () => {
          list.sort();
        },
        () => {
          list.extend(list);
        },
        () => {
          list.extend([1]);
        },
        () => {
          list.removeRange(0);
        },
        () => list.remove(3),
      ];
      for (const change of changes) {
        const sort = (): void => {
          list.sort((a, b) => {
            change();
            return Number(a) - Number(b);
          });
        };
        expect(codeOf(sort)).toBe("CONTAINER_CHANGED");
        heap.verify();
        expect(list.toJS()).toEqual([3, 1, 2]);
      }
      expect(() => {
        list.sort(() => {
          throw new Error("mine");
        });
      }).toThrow("mine");
      list.sort((a, b) => {
        heap.gc.collect();
        return Number(a) - Number(b);
      });
      expect(list.toJS()).toEqual([1, 2, 3]);
      list.append(4);
    });
  });

  const interferences: Record<
    string,
    (on: { list: ListHandle; dict: DictHandle; set: SetHandle; heap: Heap }) => void
  > = {
    append: ({ list, dict, set }) => {
      if (list.length < 50) list.append(1.5);
      if (dict.size < 50) dict.set(`more ${dict.size}`, 1.5);
      if (set.size < 50) set.add(`more ${set.size}`);
    },
    "take away": ({ list, dict, set }) => {
      if (list.length > 0) list.pop(0);
      if (dict.size > 0) dict.popItem();
      if (set.size > 0) set.pop();
    },
    clear: ({ list, dict, set }) => {
      for (const one of [list, dict, set]) one.clear();
    },
    "let go": ({ list, dict, set }) => {
      for (const one of [list, dict, set]) one.release();
    },
    collect: ({ heap }) => {
      heap.gc.collect();
      heap.list([heap.tuple([1])]).release();
    },
    rebuild: ({ dict, set }) => {
      for (let i = 0; i < 40; i++) {
        dict.set(i, i);
        set.add(i);
      }
      for (let i = 0; i < 40; i++) {
        dict.delete(i);
        set.delete(i);
      }
    },
  };
  const operations: Record<string, (on: { list: ListHandle; dict: DictHandle; set: SetHandle; heap: Heap }) => void> = {
    "list.clear": ({ list }) => {
      list.clear();
    },
    "list.removeRange": ({ list }) => {
      list.removeRange(2, 9);
    },
    "list.set": ({ list }) => {
      list.set(1, null);
    },
    "list.pop": ({ list }) => {
      list.pop(3);
    },
    "dict.clear": ({ dict }) => {
      dict.clear();
    },
    "dict.delete": ({ dict }) => dict.delete("3"),
    "dict.set": ({ dict }) => dict.set("3", null),
    "dict.pop": ({ dict }) => dict.pop("3"),
    "set.clear": ({ set }) => {
      set.clear();
    },
    "set.pop": ({ set }) => set.pop(),
    release: ({ list, dict, set }) => {
      for (const one of [list, dict, set]) one.release();
    },
  };

  test.each(Object.keys(interferences))("finalizers that %s do no harm", (name) => {
    for (const [operation, operate] of Object.entries(operations)) {
      const failures: unknown[] = [];
      const heap = Heap.createSync({ ...options(), hashSeed: 1, onUnraisable: (error) => failures.push(error) });
      let scene: Parameters<(typeof interferences)[string]>[0] | undefined;
      let ran = 0;
      const Item = heap.struct(
        "Item",
        { n: "i32" },
        {
          finalize: () => {
            ran++;
            if (scene !== undefined && !scene.list.released && !scene.dict.released && !scene.set.released)
              interferences[name]?.(scene);
            heap.verify();
          },
        },
      );
      const make = (n: number): ReturnType<typeof Item.new> => Item.new({ n });
      scene = heap.scope(() => {
        const list = heap.list(Array.from({ length: 12 }, (_, n) => make(n)));
        const dict = heap.dict(Array.from({ length: 12 }, (_, n) => [n % 2 ? `${n}` : make(n), make(n)] as const));
        return { list, dict, set: heap.set(Array.from({ length: 12 }, (_, n) => make(n))), heap };
      });
      const on = scene;
      heap.scope(() => {
        operate(on);
      });
      heap.verify();
      expect(ran, operation).toBeGreaterThan(0);
      expect(failures, operation).toEqual([]);
      scene = undefined;
      heap.gc.collect();
      heap.verify();
      heap.dispose();
      expect(ran, operation).toBe(48 - 6);
    }
  });
});
