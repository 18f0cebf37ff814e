// The host: what a program may do n times, and what is for all of n at once, takes work in proportion to n, in the
// core and in the host's own code.

import { restore, restoreSync, save } from "../../src/image.js";
import { describe, expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import type { StructHandle } from "../../src/index.js";
import { LINEAR, MODES, SCALE, expectGrowth } from "../support/growth.js";
import type { Mode, Scene } from "../support/growth.js";
import { hostUnitsOf, setStepsOf } from "../support/host-work.js";
import { SHAPE_NAMES, makeShape } from "../support/shapes.js";
import { countedHeap } from "../support/work.js";

const N = 256;

const scene = <T>(make: (heap: Heap, n: number) => T, work: (heap: Heap, made: T, n: number) => void): Scene => ({
  n: N,
  make,
  work: work as Scene["work"],
});

const structs = (heap: Heap, n: number, finalize?: () => void): StructHandle[] => {
  const Thing = heap.struct("Thing", { a: "ref", text: "str" }, finalize ? { finalize } : {});
  return Array.from({ length: n }, () => Thing.new());
};

const SCENES: Record<string, Scene> = {
  "dispose() of n handles": scene(structs, (heap) => {
    heap.dispose();
  }),
  "dispose() of n objects with finalizers": scene(
    (heap, n) => structs(heap, n, () => undefined),
    (heap) => {
      heap.dispose();
    },
  ),
  "dispose() of n objects whose finalizers make another each": scene(
    (heap, n) => {
      const Other = heap.struct("Other", { a: "ref" });
      return structs(heap, n, () => void Other.new());
    },
    (heap) => {
      heap.dispose();
    },
  ),
  "dispose() with n weakref.finalize": scene(
    (heap, n) => structs(heap, n).map((one) => heap.weakref.finalize(one, () => undefined)),
    (heap) => {
      heap.dispose();
    },
  ),
  "dispose() with n weakref.finalize that are not to run at exit": scene(
    (heap, n) =>
      structs(heap, n).map((one) => {
        heap.weakref.finalize(one, () => undefined).atExit = false;
      }),
    (heap) => {
      heap.dispose();
    },
  ),
  "dispose() with n named roots": scene(
    (heap, n) => {
      structs(heap, n).forEach((one, at) => heap.roots.set(`root ${at}`, one));
    },
    (heap) => {
      heap.dispose();
    },
  ),
  "dispose() of n objects with 300 references each from outside": scene(
    (heap, n) => {
      for (const one of structs(heap, n / 8)) for (let i = 0; i < 300; i++) heap.core.incref(one.address);
    },
    (heap) => {
      heap.dispose();
    },
  ),
  "n weakref.finalize are called": scene(
    (heap, n) => structs(heap, n).map((one) => heap.weakref.finalize(one, () => undefined)),
    (_, finalizers) => {
      for (const finalizer of finalizers) finalizer.call();
    },
  ),
  "n weakref.finalize run as their objects die": scene(
    (heap, n) => {
      const made = structs(heap, n);
      for (const one of made) heap.weakref.finalize(one, () => undefined);
      return made;
    },
    (_, made) => {
      for (const one of made) one.release();
    },
  ),
  "n handles are made and released, the oldest first": scene(structs, (_, made) => {
    for (const one of made) one.release();
  }),
  "n handles are made and released, the newest first": scene(structs, (_, made) => {
    for (const one of made.reverse()) one.release();
  }),
  "n handles in a scope": scene(structs, (heap, made) => {
    heap.scope(() => {
      for (const one of made) one.clone();
    });
  }),
  "n scopes in each other": scene(
    () => undefined,
    (heap, _, n) => {
      const nest = (depth: number): void => {
        heap.scope(() => {
          heap.list();
          if (depth > 1) nest(depth - 1);
        });
      };
      nest(n / 2);
    },
  ),
  "n structs are defined": scene(
    () => undefined,
    (heap, _, n) => {
      for (let i = 0; i < n; i++) heap.struct(`Struct ${i}`, { a: "ref", b: "i32" });
    },
  ),
  "n structs are defined, each extending the one before": scene(
    () => undefined,
    (heap, _, n) => {
      // Only as deep as somebody may go; then anew.
      for (let i = 0; i < n; i += 4) {
        let base = heap.struct(`Base ${i}`, { a: "ref" });
        for (let depth = 1; depth < 4; depth++)
          base = heap.struct(`Struct ${i} ${depth}`, {}, { extends: base }) as unknown as typeof base;
      }
    },
  ),
  "n keys of a weak-valued map, whose values die": scene(
    (heap, n) => {
      const map = heap.weakref.valueMap();
      const made = structs(heap, n);
      made.forEach((one, at) => map.set(at, one));
      return made;
    },
    (_, made) => {
      for (const one of made) one.release();
    },
  ),
  "a weak-keyed map is gone through": scene(
    (heap, n) => {
      const map = heap.weakref.keyMap();
      const made = structs(heap, n);
      for (const one of made) map.set(one, 1);
      return { map, made };
    },
    (_, { map }) => {
      for (const [key] of map) key.release();
    },
  ),
  "the first of n keys of a dict is asked for and deleted, n times": {
    ...scene(
      // No small ints, which are there already.
      (heap, n) => heap.dict(Array.from({ length: n }, (_, i) => [1000 + i, i] as const)),
      (_, dict, n) => {
        for (let i = 0; i < n; i++) {
          for (const key of dict.keys()) {
            dict.delete(key);
            break;
          }
        }
      },
    ),
    // With 256 keys each takes less than with 1,024, and from there on the same.
    n: 4 * N,
  },
  "gc.getObjects()": scene(structs, (heap) => {
    heap.gc.getObjects();
  }),
  "gc.getReferrers() of one": scene(
    (heap, n) => {
      const made = structs(heap, n);
      heap.list(made);
      return made[0] as StructHandle;
    },
    (heap, one) => {
      heap.gc.getReferrers(one);
    },
  ),
  "gc.getReferents() of a list": scene(
    (heap, n) => heap.list(structs(heap, n)),
    (heap, list) => {
      heap.gc.getReferents(list);
    },
  ),
  "gc.freeze() and gc.unfreeze()": scene(
    (heap, n) => structs(heap, 8 * n),
    (heap) => {
      heap.gc.freeze();
      heap.gc.unfreeze();
    },
  ),
  "a collection of a frozen heap that was written to": scene(
    (heap, n) => {
      const made = structs(heap, n);
      heap.gc.freeze();
      for (const one of made) one.set("a", heap.list());
      return made;
    },
    (heap) => {
      heap.gc.collect();
    },
  ),
  "stats()": scene(
    (heap, n) => structs(heap, 4 * n),
    (heap) => {
      heap.stats();
    },
  ),
  "image()": scene(
    (heap, n) => structs(heap, 4 * n),
    (heap) => {
      save(heap);
    },
  ),
  "from() and toJS() of an array of objects": scene(
    (_, n) => Array.from({ length: n }, (_, i) => ({ id: i, text: `text ${i}` })),
    (heap, array) => {
      heap.from(array).toJS();
    },
  ),
  "from() and toJS() of arrays in each other": scene(
    (_, n) => {
      let outer: unknown = 0.5;
      for (let i = 0; i < n; i++) outer = [outer];
      return outer as unknown[];
    },
    (heap, array) => {
      heap.from(array).toJS();
    },
  ),
  "repr() of a list": scene(
    (heap, n) => heap.list(Array.from({ length: n }, (_, i) => i)),
    (_, list) => {
      list.repr();
    },
  ),
  "DEBUG_SAVEALL saves n objects": scene(
    (heap, n) => {
      heap.gc.setDebug(heap.gc.DEBUG_SAVEALL);
      for (const one of structs(heap, n)) {
        one.set("a", one);
        one.release();
      }
    },
    (heap) => {
      heap.gc.collect();
      heap.gc.setDebug(0);
    },
  ),
};

async function hostWork(scene: Scene, pauses: Mode, n: number): Promise<{ units: number; steps: number }> {
  const heap = await countedHeap("release", { thresholds: [1_000_000_000, 10, 10], pauses });
  const made = scene.make(heap, n);
  let units = 0;
  const steps = setStepsOf(() => {
    units = hostUnitsOf(() => {
      scene.work(heap, made, n);
    });
  });
  return { units, steps };
}

/** Steps through sets that do not count: a few handles of its own. */
const FEW_STEPS = 64;

describe.each(MODES)("%s pauses: in proportion to n", (pauses) => {
  test.each(Object.entries(SCENES))("%s, in the core", async (_, scene) => {
    await expectGrowth({ ...scene, isIdle: true }, pauses);
  });
});

async function expectHostGrowth(scene: Scene): Promise<void> {
  const small = await hostWork(scene, "unbounded", N * SCALE);
  const large = await hostWork(scene, "unbounded", 4 * N * SCALE);
  if (process.env.HEAPWRIGHT_GROWTH) console.log(expect.getState().currentTestName, small, large);
  expect(large.units, `${small.units} units of the host, ${large.units} at four times the size`).toBeLessThanOrEqual(
    small.units * LINEAR,
  );
  expect(large.steps, `${small.steps} steps through sets, ${large.steps} at four times the size`).toBeLessThanOrEqual(
    small.steps * LINEAR + FEW_STEPS,
  );
}

describe("in proportion to n, in the host's own code", () => {
  test.each(Object.entries(SCENES))("%s", async (_, scene) => {
    await expectHostGrowth(scene);
  });

  test.each(SHAPE_NAMES)("image() and restore() of %s", async (name) => {
    const make = (heap: Heap, n: number): unknown => makeShape(heap, name, n);
    const work = (heap: Heap): void => {
      restoreSync(save(heap));
    };
    await expectHostGrowth(scene(make, work));
  });
});
