// Many at once, and one by one: the same.

import { share } from "../../src/handles/adopt.js";
import { describe, expect, test } from "vitest";
import { CORES, codeOf } from "../support/heap.js";
import { mustEqual } from "../support/items.js";
import { runProgram } from "../support/program.js";

const FIELDS = {
  flag: "bool",
  a: "i8",
  b: "u8",
  c: "i16",
  d: "u16",
  e: "i32",
  f: "u32",
  g: "i64",
  h: "u64",
  i: "f32",
  j: "f64",
} as const;
const RANGES = {
  flag: 2,
  a: 127,
  b: 255,
  c: 32767,
  d: 65535,
  e: 2 ** 31 - 1,
  f: 2 ** 32 - 1,
  g: 0,
  h: 0,
  i: 1000,
  j: 1000,
};

describe.each(CORES)("batch, %s core", (_, options) => {
  test("does the same as single calls", () => {
    runProgram(options(), { seeds: 2, steps: 40, firstSeed: 1100 }, (heap, random) => {
      let died = 0;
      const All = heap.struct("All", { ...FIELDS, ref: "ref" }, { finalize: () => died++ });
      const before = heap.stats().objects;
      const { store } = heap.none;
      return () => {
        died = 0;
        const count = 1 + random(20);
        const objects = heap.batch.create(All, count);
        mustEqual(new Set(objects).size, count, "different objects");
        mustEqual(heap.stats().objects - before, count, "objects made");
        const handles = [...objects].map((object) => share(store, object) as ReturnType<typeof All.new>);
        for (const name of Object.keys(FIELDS) as (keyof typeof FIELDS)[]) {
          const values = heap.batch.get(All, name, objects);
          for (let i = 0; i < count; i++) {
            mustEqual(Number(values[i]), 0, `${name} of a new object`);
            const n = random(RANGES[name] || 1000);
            if (name === "g" || name === "h") values[i] = (BigInt(n) << 50n) + 7n;
            else values[i] = n;
          }
          heap.batch.set(All, name, objects, values);
          handles.forEach((handle, i) => {
            const expected = name === "flag" ? values[i] === 1 : values[i];
            if (handle[name] !== expected) throw new Error(`${name} is ${String(handle[name])}`);
            if (name === "e") handle.e = i;
          });
          if (name === "e")
            mustEqual(heap.batch.get(All, name, objects).join(), [...handles.keys()].join(), "what was set one by one");
        }
        const targets = objects.map(() => (random(3) ? (objects[random(count)] as number) : 0));
        heap.batch.set(All, "ref", objects, targets);
        mustEqual(heap.batch.get(All, "ref", objects).join(), targets.join(), "references");
        heap.batch.incref(objects);
        objects.forEach((object, i) => {
          mustEqual(heap.core.getRef(object, 0), targets[i] as number, "a reference");
          const slots = targets.filter((target) => target === object).length;
          mustEqual(heap.core.refcount(object), 3 + slots, "references to an object");
        });
        heap.verify();
        heap.batch.decref(objects);
        heap.batch.decref(objects);
        mustEqual(died, 0, "deaths while there are handles");
        for (const handle of handles) handle.release();
        heap.gc.collect();
        mustEqual(died, count, "deaths");
        mustEqual(heap.stats().objects, before, "objects at the end");
      };
    });
  });

  test("rejects arrays of wrong lengths", () => {
    runProgram(options(), { seeds: 1, steps: 1, firstSeed: 1 }, (heap) => () => {
      const Box = heap.struct("Box", { n: "i32" });
      const objects = heap.batch.create(Box, 3);
      const set = (values: unknown) =>
        codeOf(() => {
          heap.batch.set(Box, "n", objects, values as Int32Array<ArrayBuffer>);
        });
      for (const values of [new Int32Array(2), new Float32Array(3), [1, 2, 3], null])
        expect(set(values)).toBe("BAD_VALUE");
      expect(codeOf(() => heap.batch.get(Box, "m" as never, objects))).toBe("BAD_FIELD");
      for (const count of [-1, 0.5, NaN, 2 ** 31])
        expect(codeOf(() => heap.batch.create(Box, count))).toBe("BAD_VALUE");
      expect([...heap.batch.get(Box, "n", objects)]).toEqual([0, 0, 0]);
      heap.batch.decref(objects);
    });
  });
});
