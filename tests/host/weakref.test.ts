import { describe, expect, test } from "vitest";
import type { WeakrefHandle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("heap.weakref, %s core", (_, options) => {
  test("a weak reference reads its object, and null after the object is dead", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { n: "i32" });
      const node = Node.new({ n: 5 });
      const weakref = heap.weakref.ref(node);
      expect(node.refcount).toBe(1);
      const found = weakref.deref();
      expect([found?.is(node), weakref.alive, heap.weakref.getCount(node)]).toEqual([true, true, 1]);
      found?.release();
      node.release();
      expect([weakref.deref(), weakref.alive]).toEqual([null, false]);
    });
  });

  test("a weak reference without a callback is shared; a callback receives the dead weak reference, lent", () => {
    withHeap(options(), (heap) => {
      const node = heap.struct("Node", { n: "i32" }).new();
      const plain = heap.weakref.ref(node);
      expect(heap.weakref.ref(node).is(plain)).toBe(true);
      let lent: WeakrefHandle | undefined;
      const loud = heap.weakref.ref(node, (weakref) => {
        lent = weakref;
        expect([weakref.is(loud), weakref.alive]).toEqual([true, false]);
      });
      expect(heap.weakref.getCount(node)).toBe(2);
      node.release();
      expect(lent?.released).toBe(true);
    });
  });

  test("as a key, a weak reference equals others to its referent while that lives, and keeps its hash afterwards", () => {
    withHeap(options(), (heap) => {
      const Node = heap.struct("Node", { n: "i32" });
      const [node, other] = [Node.new(), Node.new()];
      const first = heap.weakref.ref(node);
      const second = heap.weakref.ref(node, () => undefined);
      const unhashed = heap.weakref.ref(node, () => undefined);
      const dict = heap.dict<WeakrefHandle, string>([[first, "first"]]);
      expect([dict.get(second), dict.has(heap.weakref.ref(other))]).toEqual(["first", false]);
      dict.set(second, "second");
      expect(dict.size).toBe(1);
      node.release();
      heap.verify();
      expect([dict.get(first), dict.has(second)]).toEqual(["second", false]);
      // Nobody knows the hash of one that was not asked for it in time.
      expect(codeOf(() => dict.has(unhashed))).toBe("BAD_KEY");
      expect(() => dict.has(unhashed)).toThrow("weak object has gone away");
      const set = heap.set();
      expect(codeOf(() => dict.has(heap.weakref.ref(set)))).toBe("BAD_KEY");
    });
  });

  test("structs and sets can be referred to weakly; atoms, lists, tuples, dicts and weak references cannot", () => {
    withHeap(options(), (heap) => {
      const weakref = heap.weakref.ref(heap.struct("Node", { n: "i32" }).new());
      expect(heap.weakref.ref(heap.set()).type).toBe("weakref");
      const atoms = [heap.int(5), heap.str("x"), heap.bytes(Uint8Array.of(1)), heap.float(1), heap.none];
      for (const handle of [...atoms, heap.list(), heap.tuple([1]), heap.dict(), weakref]) {
        expect(codeOf(() => heap.weakref.ref(handle))).toBe("BAD_VALUE");
      }
      expect(() => heap.weakref.ref(heap.int(5))).toThrow("cannot create weak reference to 'int' object");
      expect(codeOf(() => heap.weakref.ref(5 as never))).toBe("BAD_VALUE");
    });
  });
});
