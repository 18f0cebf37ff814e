import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import { CORES, codeOf } from "../support/heap.js";

describe.each(CORES)("dispose, %s core", (_, options) => {
  test("runs the finalizers of all live objects: those of handles in order, then cycles, then objects held only by addresses", () => {
    const deaths: (string | null)[] = [];
    const heap = Heap.createSync(options());
    const Node = heap.struct("Node", { title: "str", next: "ref" }, { finalize: (node) => deaths.push(node.title) });
    const first = Node.new({ title: "first" });
    Node.new({ title: "second", next: Node.new({ title: "third" }) });
    const a = Node.new({ title: "cycle a" });
    const b = Node.new({ title: "cycle b", next: a });
    a.next = b;
    const address = heap.core.alloc(Node.id);
    heap.dispose();
    expect(deaths).toEqual(
      ["first", "third", "second", "cycle a", "cycle b", null].sort((x, y) => order(x) - order(y)),
    );
    expect([first.released, address > 0, heap.disposed]).toEqual([true, true, true]);
    heap.dispose();
    for (const use of [
      () => heap.list(),
      () => heap.gc.collect(),
      () => heap.stats(),
      () => heap.verify(),
      () => heap.core.alloc(Node.id),
    ]) {
      expect(codeOf(use)).toBe("HEAP_DISPOSED");
    }
    expect(codeOf(() => Node.new())).toBe("HEAP_DISPOSED");
    expect(codeOf(() => first.refcount)).toBe("HEAP_DISPOSED");
    first.release();

    function order(title: string | null): number {
      // The inner object's handle was made first, but "second" still holds it when that goes.
      return ["first", "second", "third", "cycle a", "cycle b", null].indexOf(title);
    }
  });

  test("from inside a finalizer or callback is a named error, and nothing is lost", () => {
    const codes: string[] = [];
    const heap = Heap.createSync(options());
    const Node = heap.struct("Node", { n: "i32" }, { finalize: () => codes.push(codeOf(() => heap.dispose())) });
    const node = Node.new();
    heap.weakref.ref(node, () => codes.push(codeOf(() => heap.dispose())));
    node.release();
    expect(codes).toEqual(["HEAP_BUSY", "HEAP_BUSY"]);
    heap.verify();
    heap.dispose();
  });

  test("finalizers may use other handles, resurrect and allocate during dispose()", () => {
    const heap = Heap.createSync({ ...options(), onUnraisable: (error) => errors.push(error) });
    const errors: unknown[] = [];
    const kept: Handle[] = [];
    const Node = heap.struct(
      "Node",
      { n: "i32" },
      {
        finalize: (node) => {
          kept.push(node.clone(), heap.list([node.n]));
          if (!last.released) last.append(node.n);
        },
      },
    );
    for (let n = 0; n < 10; n++) Node.new({ n });
    const last = heap.list();
    heap.dispose();
    expect([errors, kept.length, kept.every((handle) => handle.released)]).toEqual([[], 20, true]);
  });
});
