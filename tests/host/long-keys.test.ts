// A long key becomes an object for the length of an operation. Its death is a death like any other: hooks that have been
// deferred may run in it, and change the container. So what was found by the key is used before that.

import { describe, expect, test } from "vitest";
import type { DictHandle, Handle, ListHandle, Value } from "../../src/index.js";
import { CORES, withHeap } from "../support/heap.js";

const LONG = "é".repeat(3000);

interface Scene {
  dict: DictHandle;
  list: ListHandle;
}
const OPERATIONS: Record<string, [run: (scene: Scene) => unknown, answer: unknown]> = {
  "dict.get": [({ dict }) => dict.get(LONG), "[1]"],
  "dict.pop": [({ dict }) => dict.pop(LONG), "[1]"],
  "dict.has": [({ dict }) => dict.has(LONG), true],
  "dict.setDefault": [({ dict }) => dict.setDefault(LONG, 5), "[1]"],
  "dict.setDefault of a new key": [({ dict }) => dict.setDefault(`${LONG}!`, 5), 5],
  "dict.read": [({ dict }) => dict.read(LONG), "[1]"],
  "dict.delete": [({ dict }) => dict.delete(LONG), true],
  "list.indexOf": [({ list }) => list.indexOf(LONG), 20],
  "list.remove": [({ list }) => list.remove(LONG), true],
};

describe.each(CORES)("a hook that runs during the death of a long key, %s core", (_, options) => {
  test.each(Object.entries(OPERATIONS))("%s", (_name, [operate, answer]) => {
    withHeap(options(), (heap) => {
      const dict: DictHandle = heap.dict(Array.from({ length: 20 }, (_none, n) => [n, n + 0.5] as const));
      const list = heap.list<Value>(Array.from({ length: 20 }, (_none, n) => n));
      heap.scope(() => dict.set(LONG, heap.list([1])));
      list.append(LONG);
      const { store } = dict;
      const { core } = store;
      let isArmed = true;
      store.core = {
        ...core,
        decref: (address) => {
          core.decref(address);
          if (!isArmed) return;
          isArmed = false;
          dict.clear();
          list.clear();
          heap.bytes(new Uint8Array(400).fill(0x41)).release();
        },
      };
      const found = operate({ dict, list });
      expect(isArmed).toBe(false);
      store.core = core;
      expect(typeof found === "object" ? (found as Handle).repr() : found).toBe(answer);
      if (typeof found === "object") (found as Handle).release();
      heap.verify();
      expect([dict.size, list.length]).toEqual([0, 0]);
    });
  });
});
