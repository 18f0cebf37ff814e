import { describe, expect, test } from "vitest";
import { CORES, codeOf, withHeap } from "../support/heap.js";

describe.each(CORES)("parts of bytes, %s core", (_, options) => {
  test("slice returns the same as slice of a Uint8Array, for all ends", () => {
    withHeap(options(), (heap) => {
      const array = Uint8Array.of(1, 2, 3, 4, 5);
      const bytes = heap.bytes(array);
      const ends = [-Infinity, -6, -5, -2, 0, 1, 4, 5, 9, Infinity];
      for (const start of ends)
        for (const end of ends) expect(bytes.slice(start, end), `${start}:${end}`).toEqual(array.slice(start, end));
      expect([bytes.slice(), bytes.slice(3)]).toEqual([array, array.slice(3)]);
      bytes.slice().fill(9);
      expect(bytes.toJS()).toEqual(array);
      expect([-6, -5, 0, 4, 5].map((index) => bytes.at(index))).toEqual([undefined, 1, 1, 5, undefined]);
      expect(heap.bytes(new Uint8Array()).slice()).toEqual(new Uint8Array());
    });
  });

  test("copyTo copies the bytes that fit, and returns their number; a bad target or offset changes nothing", () => {
    withHeap(options(), (heap) => {
      const bytes = heap.bytes(Uint8Array.of(1, 2, 3, 4, 5));
      const target = new Uint8Array(4);
      expect([bytes.copyTo(target), [...target]]).toEqual([4, [1, 2, 3, 4]]);
      expect([bytes.copyTo(target, 3, -2), [...target]]).toEqual([1, [1, 2, 3, 4]]);
      expect([bytes.copyTo(target, 1, 3, 5), [...target]]).toEqual([2, [1, 4, 5, 4]]);
      expect([bytes.copyTo(target, 4), bytes.copyTo(target, 0, 4, 2)]).toEqual([0, 0]);
      for (const at of [-1, 5, 0.5, NaN, "0", null])
        expect(
          codeOf(() => bytes.copyTo(target, at as never)),
          String(at),
        ).toBe("BAD_INDEX");
      for (const bad of [[], new Uint16Array(4), new ArrayBuffer(4), null, "abcd", new Proxy(target, {})])
        expect(codeOf(() => bytes.copyTo(bad as never))).toBe("BAD_VALUE");
      expect(codeOf(() => bytes.copyTo(target, 0, 1.5))).toBe("BAD_INDEX");
      expect([...target]).toEqual([1, 4, 5, 4]);
      structuredClone(target.buffer, { transfer: [target.buffer] });
      expect([bytes.copyTo(target), codeOf(() => bytes.copyTo(target, 1))]).toEqual([0, "BAD_INDEX"]);
      bytes.release();
      expect([codeOf(() => bytes.slice()), codeOf(() => bytes.copyTo(new Uint8Array(1)))]).toEqual(
        Array(2).fill("RELEASED_HANDLE"),
      );
    });
  });
});
