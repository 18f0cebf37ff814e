import { expect, test } from "vitest";
import { Heap } from "../../src/index.js";

test("using releases a handle, and ends a heap, when the block ends", () => {
  const deaths: (string | null)[] = [];
  {
    using heap = Heap.createSync();
    const Thing = heap.struct("Thing", { title: "str" }, { finalize: (thing) => deaths.push(thing.title) });
    {
      using inner = Thing.new({ title: "inner" });
      expect(inner.refcount).toBe(1);
    }
    expect(deaths).toEqual(["inner"]);
    Thing.new({ title: "outer" });
  }
  expect(deaths).toEqual(["inner", "outer"]);
});
