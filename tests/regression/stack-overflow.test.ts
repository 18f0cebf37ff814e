// A recursion that goes too deep is caught, as interpreters and servers do: then the heap goes on.

import { share } from "../../src/handles/adopt.js";
import { describe, expect, test } from "vitest";
import type { Handle, Heap, ListHandle, StructHandle } from "../../src/index.js";
import { save } from "../../src/image.js";
import { codeOf } from "../support/heap.js";
import { WAYS, quietHeap } from "../support/ways.js";

/** Calls a function again and again, each inside the one before, until the stack is full; then each returns. */
function recurse(descend: (next: () => void) => void): void {
  const down = (): void => {
    descend(down);
  };
  try {
    down();
  } catch (error) {
    if (!(error instanceof RangeError) && (error as { code?: string }).code === undefined) throw error;
  }
}

describe.each(WAYS)("a stack overflow that the program catches, %s core, %s pauses", (_, pauses, options) => {
  const scenes: Record<string, (heap: Heap) => (next: () => void) => void> = {
    "a handle on each level, of a struct with a finalizer": (heap) => {
      const Node = heap.struct("Node", { a: "value" }, { finalize: (node) => void (node.a = 1) });
      return (next) => {
        const node = Node.new();
        try {
          next();
        } finally {
          node.release();
        }
      };
    },
    "a collection on each level": (heap) => (next) => {
      heap.gc.collect(0);
      next();
    },
    "a weak reference with a callback on each level": (heap) => {
      const node = heap.struct("Node", { a: "value" }).new();
      return (next) => {
        const weakref = heap.weakref.ref(node, () => undefined);
        try {
          next();
        } finally {
          weakref.release();
        }
      };
    },
    "a collection on each level, with garbage": (heap) => {
      const Node = heap.struct("Node", { a: "ref" }, { finalize: () => undefined });
      return (next) => {
        const node = Node.new();
        node.a = node;
        node.release();
        heap.gc.collect(0);
        next();
      };
    },
  };

  test.each(Object.entries(scenes))("%s: the heap continues", (_name, prepare) => {
    const heap = quietHeap(options, pauses, { onUnraisable: () => undefined });
    const document = heap.from({ all: "my data", list: [1, 2, 3] });
    recurse(prepare(heap));
    expect(codeOf(() => heap.verify())).toBe("no error");
    expect(codeOf(() => save(heap))).toBe("no error");
    expect(document.toJS()).toEqual({ all: "my data", list: [1, 2, 3] });
    heap.dispose();
  });

  const operations: Record<string, (heap: Heap, list: ListHandle, node: StructHandle) => void> = {
    append: (_heap, list) => {
      list.append("x");
    },
    refcount: (_heap, _list, node) => void node.refcount,
    "new and release": (heap) => {
      heap.list().release();
    },
    "dict.set": (heap) => {
      heap.dict({ k: 1 }).release();
    },
    collect: (heap) => void heap.gc.collect(),
    step: (heap) => void heap.gc.step(),
    from: (heap) => {
      heap.from({ a: [1, 2, { b: 3 }] }).release();
    },
    toJS: (_heap, list) => void list.toJS(),
    verify: (heap) => {
      heap.verify();
    },
    sort: (_heap, list) => {
      list.sort();
    },
    image: (heap) => void save(heap),
    "weakref.ref": (heap, _list, node) => {
      heap.weakref.ref(node, () => undefined).release();
    },
    finalizer: (_heap, _list, node) => {
      node.set("a", null);
      node.set("a", share(node.store, (node.get("other") as Handle).address));
    },
    stats: (heap) => void heap.stats(),
    intern: (heap) => {
      heap.intern("zzz").release();
    },
  };

  test.each(Object.entries(operations))("%s, at the end of the stack: the heap continues", (_name, operate) => {
    const heap = quietHeap(options, pauses, { onUnraisable: () => undefined });
    const Node = heap.struct("Node", { a: "value", other: "ref" });
    const other = heap.list();
    const node = Node.new({ other });
    const list = heap.list([3, 1, 2]);
    let up = 0;
    const descend = (): void => {
      try {
        descend();
      } catch (error) {
        // On the last levels, where there is less and less room.
        if (up++ < 600) {
          try {
            operate(heap, list, node);
          } catch {
            // It may fail, and change nothing by that.
          }
        }
        throw error;
      }
    };
    expect(descend).toThrow(RangeError);
    expect(codeOf(() => heap.verify())).toBe("no error");
    expect(codeOf(() => save(heap))).toBe("no error");
    expect(codeOf(() => heap.gc.collect())).toBe("no error");
    expect((list.toJS() as unknown[]).length).toBeGreaterThanOrEqual(3);
    heap.dispose();
  });
});
