// Containers: what a program may do n times takes work in proportion to n; and what collections stop tracking, and
// how, does not depend on how large it is.

import { describe, test } from "vitest";
import type { DictHandle, Handle, Heap, ListHandle } from "../../src/index.js";
import { CONSTANT, LINEAR, MODES, collectWhole, expectGrowth, expectShortCalls, settle } from "../support/growth.js";
import type { Scene } from "../support/growth.js";
import { seededRandom } from "../support/random.js";

type Scenes = Record<string, Pick<Scene, "make" | "work"> & { n?: number }>;

function dictOf(heap: Heap, n: number, value: (i: number) => Handle | number = (i) => i): DictHandle {
  const dict = heap.dict();
  for (let i = 0; i < n; i++) {
    const item = value(i);
    dict.set(i, item);
    if (typeof item !== "number") item.release();
  }
  return dict;
}

function listOf(heap: Heap, n: number): ListHandle {
  const list = heap.list();
  for (let i = 0; i < n; i++) list.append(i + 0.5);
  return list;
}

/** By the way a program has to the oldest entry. */
function deleteFirst(dict: DictHandle): void {
  for (const key of dict.keys()) {
    dict.delete(key);
    break;
  }
}

const scene = <T>(
  make: (heap: Heap, n: number) => T,
  work: (made: T, n: number, heap: Heap) => void,
): Scenes[string] => ({
  make,
  work: (heap, made, n) => {
    work(made as T, n, heap);
  },
});

const DICTS: Scenes = {
  "n keys come": scene(
    (heap) => heap.dict(),
    (dict, n) => {
      for (let i = 0; i < n; i++) dict.set(`key ${i}`, i);
    },
  ),
  "n keys come and go, the newest first": scene(
    (heap) => heap.dict(),
    (dict, n) => {
      for (let i = 0; i < n; i++) dict.set(i, i);
      for (let i = n - 1; i >= 0; i--) dict.delete(i);
    },
  ),
  "n keys come and go, the oldest first": scene(
    (heap) => heap.dict(),
    (dict, n) => {
      for (let i = 0; i < n; i++) dict.set(i, i);
      for (let i = 0; i < n; i++) dict.delete(i);
    },
  ),
  "n keys come and go, in random order": scene(
    (heap) => heap.dict(),
    (dict, n) => {
      const random = seededRandom(5);
      for (let i = 0; i < n; i++) dict.set(i, i);
      for (let i = 0; i < 2 * n; i++) dict.delete(random(n));
    },
  ),
  "a queue of 8 keys, through which n go": scene(
    (heap) => dictOf(heap, 8),
    (dict, n) => {
      for (let i = 0; i < n; i++) {
        dict.set(i + 8, i);
        dict.delete(i);
      }
    },
  ),
  "a queue of n keys, through which n go": scene(dictOf, (dict, n) => {
    for (let i = 0; i < n; i++) {
      dict.set(i + n, i);
      dict.delete(i);
    }
  }),
  "the first of n keys is asked for and deleted, n times": scene(dictOf, (dict, n) => {
    for (let i = 0; i < n; i++) deleteFirst(dict);
  }),
  "a queue of n keys, of which the first is asked for and deleted": scene(dictOf, (dict, n) => {
    for (let i = 0; i < n; i++) {
      dict.set(i + n, i);
      deleteFirst(dict);
    }
  }),
  "the first of n keys is asked for, n times, when all others but the last were deleted": scene(
    (heap, n) => {
      const dict = dictOf(heap, n);
      for (let i = n - 2; i > 0; i--) dict.delete(i);
      dict.delete(0);
      return dict;
    },
    (dict, n) => {
      for (let i = 0; i < n; i++) for (const _ of dict.keys()) break;
    },
  ),
  "n of 4n keys were deleted in random order, and the rest is gone through": scene(
    (heap, n) => {
      const random = seededRandom(6);
      const dict = dictOf(heap, 4 * n);
      for (let i = 0; i < 8 * n; i++) dict.delete(random(4 * n));
      return dict;
    },
    (dict) => {
      for (let i = 0; i < 4; i++) for (const _ of dict.keys());
    },
  ),
  "a stack on n keys, on which n come and go": scene(dictOf, (dict, n) => {
    for (let i = 0; i < n; i++) {
      dict.set("top", i);
      dict.delete("top");
    }
  }),
  "one of n keys moves to the end, n times": scene(dictOf, (dict, n) => {
    for (let i = 0; i < n; i++) {
      dict.delete(0);
      dict.set(0, i);
    }
  }),
  "the last of n keys is popped, n times": scene(dictOf, (dict, n) => {
    for (let i = 0; i < n; i++) dict.popItem();
  }),
  "n of 2n keys were deleted in the middle, and n are popped": scene(
    (heap, n) => {
      const dict = dictOf(heap, 2 * n);
      for (let i = n / 2; i < n + n / 2; i++) dict.delete(i);
      return dict;
    },
    (dict, n) => {
      for (let i = 0; i < n; i++) dict.popItem();
    },
  ),
  "one key comes and goes n times, beside n that were deleted before it": scene(
    (heap, n) => {
      const dict = dictOf(heap, n);
      dict.set("last", 1);
      for (let i = 0; i < n; i++) dict.delete(i);
      return dict;
    },
    (dict, n) => {
      for (let i = 0; i < n; i++) {
        dict.set("key", i);
        dict.delete("key");
      }
    },
  ),
  "keys that are missing are looked up n times, after n were deleted": scene(
    (heap, n) => {
      const dict = dictOf(heap, n);
      for (let i = 0; i < n - 1; i++) dict.delete(i);
      return dict;
    },
    (dict, n) => {
      for (let i = 0; i < n; i++) dict.has(i + 0.5);
    },
  ),
  "keys whose hashes end alike": scene(
    (heap) => heap.dict(),
    (dict, n) => {
      for (let i = 0; i < n; i++) dict.set(i * 2 ** 16, i);
      for (let i = 0; i < n; i++) dict.has(i * 2 ** 16);
    },
  ),
  "keys whose hashes are far apart": scene(
    (heap) => heap.dict(),
    (dict, n) => {
      for (let i = 0; i < n; i++) dict.set(i * 2 ** 40, i);
    },
  ),
  "floats and negative numbers as keys": scene(
    (heap) => heap.dict(),
    (dict, n) => {
      for (let i = 0; i < n; i++) dict.set(-i / 8, i);
    },
  ),
  "structs as keys": scene(
    (heap, n) => {
      const Key = heap.struct("Key", { a: "ref" });
      return { dict: heap.dict(), keys: Array.from({ length: n }, () => Key.new()) };
    },
    ({ dict, keys }) => {
      for (const key of keys) dict.set(key, 1);
      for (const key of keys) dict.delete(key);
    },
  ),
  "a dict is cleared": scene(dictOf, (dict, _, heap) => {
    dict.clear();
    settle(heap);
  }),
  "a dict is copied into another": scene(
    (heap, n) => [dictOf(heap, n), heap.dict()] as const,
    ([from, to]) => {
      to.update(from);
    },
  ),
  "a dict turns from atoms to lists and back, n times": scene(
    (heap) => [heap.dict(), heap.list()] as const,
    ([dict, list], n) => {
      for (let i = 0; i < n; i++) dict.set(1, i % 2 ? list : 1);
    },
  ),
  "n dicts are emptied, one key each": scene(
    (heap, n) => Array.from({ length: n }, () => dictOf(heap, 1)),
    (dicts) => {
      for (const dict of dicts) dict.delete(0);
    },
  ),
};

const LISTS: Scenes = {
  "n items are appended": scene(
    (heap) => heap.list(),
    (list, n) => {
      for (let i = 0; i < n; i++) list.append(i);
    },
  ),
  "n items are popped": scene(listOf, (list, n) => {
    for (let i = 0; i < n; i++) list.pop();
  }),
  "one item is appended and popped n times, at a length where the list grows": scene(
    (heap) => listOf(heap, 64),
    (list, n) => {
      for (let i = 0; i < n; i++) {
        list.extend([1, 2, 3, 4, 5, 6, 7, 8]);
        list.removeRange(64);
      }
    },
  ),
  "a list is cleared": scene(listOf, (list, _, heap) => {
    list.clear();
    settle(heap);
  }),
  "a list is turned round": scene(listOf, (list) => {
    list.reverse();
  }),
  "a list is sorted": scene(listOf, (list) => {
    list.sort((a, b) => Number(b) - Number(a));
  }),
  "a list is extended by itself": scene(listOf, (list) => {
    list.extend(list);
  }),
  "half of a list is removed from its middle": scene(listOf, (list, n, heap) => {
    list.removeRange(n / 4, (3 * n) / 4);
    settle(heap);
  }),
  "a list is searched for what is not there": scene(listOf, (list) => {
    list.includes("no");
  }),
  "a list is copied into a tuple": scene(listOf, (list, _, heap) => {
    heap.tuple(list);
  }),
  "an array is copied in": scene(
    (heap, n) => Array.from({ length: n }, (_, i) => [i + 0.5]),
    (array, _, heap) => {
      heap.from(array);
    },
  ),
};

/** Of which a collection finds that they hold nothing that could be part of a cycle. */
const UNTRACKED: Record<string, (heap: Heap, n: number) => Handle> = {
  "a tuple of n atoms": (heap, n) => heap.tuple(Array.from({ length: n }, (_, i) => i + 0.5)),
  "a dict of n atoms, which held lists once": (heap, n) => {
    const dict = dictOf(heap, n, () => heap.list());
    for (let i = 0; i < n; i++) dict.set(i, i);
    return dict;
  },
  "a dict of n tuples of atoms": (heap, n) => dictOf(heap, n, (i) => heap.tuple([i])),
  "a dict whose n values are one tuple of n atoms": (heap, n) => {
    const dict = heap.dict();
    const tuple = heap.tuple(Array.from({ length: n }, (_, i) => i + 0.5));
    for (let i = 0; i < n; i++) dict.set(i, tuple);
    tuple.release();
    return dict;
  },
  "n tuples of atoms": (heap, n) => {
    const tuples = Array.from({ length: n }, (_, i) => heap.tuple([i, "text"]));
    const list = heap.list(tuples);
    for (const tuple of tuples) tuple.release();
    return list;
  },
};

describe.each(MODES)("containers, %s pauses: in proportion to n", (pauses) => {
  test.each(Object.entries(DICTS))("a dict: %s", async (_, scene) => {
    await expectGrowth({ n: 2048, ...scene }, pauses);
  });
  test.each(Object.entries(LISTS))("a list: %s", async (_, scene) => {
    await expectGrowth({ n: 4096, ...scene }, pauses);
  });

  test.each(Object.entries(UNTRACKED))("a full collection examines %s", async (_, make) => {
    const work = (heap: Heap): void => {
      collectWhole(heap);
      settle(heap);
    };
    const older = (heap: Heap, n: number): Handle => {
      const made = make(heap, n);
      // There is reason for a cycle.
      heap.list();
      heap.gc.collect(1);
      return made;
    };
    const growth = await expectGrowth({ n: 2048, make: older, work }, pauses, LINEAR);
    if (pauses === "bounded") expectShortCalls(growth);
  });

  test.each(Object.entries(UNTRACKED))("young collections examine %s", async (_, make) => {
    await expectGrowth({ n: 2048, make, work: (heap) => void heap.gc.collect(0) }, pauses);
  });

  test.each(["list", "dict"] as const)("clearing a %s is short, whatever its length", async (kind) => {
    const clear: Scene<ListHandle | DictHandle> = {
      n: 4096,
      isIdle: true,
      make: (heap, n) => (kind === "list" ? listOf(heap, n) : dictOf(heap, n)),
      work: (_, container) => {
        container.clear();
      },
    };
    await expectGrowth(clear, pauses, pauses === "bounded" ? CONSTANT : LINEAR);
  });
});
