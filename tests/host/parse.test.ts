// JSON text into the heap: the letter of RFC 8259, with JSON.parse as the oracle, however the text is cut.

import { describe, expect, test } from "vitest";
import { BadJsonError, Heap } from "../../src/index.js";
import type { ParseOptions } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";
import { HALVES, RIGHT, WRONG } from "../support/json-cases.js";
import { failMemory } from "../support/torture.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What a text becomes, and all that the heap gets for it is gone again. */
function parsed(heap: Heap, text: string | Uint8Array, options?: ParseOptions): unknown {
  const handle = heap.parse(text, options);
  try {
    return handle.toJS();
  } finally {
    handle.release();
  }
}

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(CORES)("heap.parse, %s core", (_, options) => {
  test("valid JSON becomes what JSON.parse and from make of it", () => {
    withHeap(options(), (heap) => {
      const before = heap.stats().objects;
      for (const text of RIGHT) {
        const expected: unknown = JSON.parse(text);
        for (const given of [text, utf8(text)]) {
          expect(parsed(heap, given), text).toStrictEqual(expected);
          const [one, two] = [heap.parse(given), heap.from(expected)];
          if (typeof expected !== "object") expect(one.repr()).toBe(two.repr());
          one.release();
          two.release();
        }
      }
      heap.verify();
      expect(heap.stats().objects).toBe(before);
    });
  });

  test("invalid JSON is a BadJsonError with the place, and leaves nothing", () => {
    withHeap(options(), (heap) => {
      const before = heap.stats();
      for (const [text, line, column] of WRONG) {
        expect(() => JSON.parse(text) as unknown, text).toThrow(SyntaxError);
        for (const given of [text, utf8(text)]) {
          const error = errorOf(() => heap.parse(given));
          expect(error, text).toBeInstanceOf(BadJsonError);
          expect(error, text).toMatchObject({ code: "BAD_JSON", line, column });
        }
        heap.verify();
      }
      expect(heap.stats().objects).toBe(before.objects);
      expect(heap.stats().bytes.live).toBe(before.bytes.live);
    });
  });

  test("the message says what was found and what was expected", () => {
    withHeap(options(), (heap) => {
      const say = (text: string | Uint8Array): string => (errorOf(() => heap.parse(text)) as BadJsonError).message;
      expect(say("[1}")).toBe('expected "," or "]", got "}" (line 1, column 3)');
      expect(say('{"a":1')).toBe('expected "," or "}", got the end of the text (line 1, column 7)');
      expect(say("\ufeff1")).toBe("expected a value, got U+FEFF (line 1, column 1)");
      expect(say(new Uint8Array([0x22, 0xff, 0x22]))).toBe("expected UTF-8, got the byte 0xff (line 1, column 2)");
    });
  });

  test("an unpaired surrogate is a BadValueError, escaped or not, at a cut or not", async () => {
    const heap = Heap.createSync(options());
    for (const text of HALVES) {
      expect(
        codeOf(() => heap.parse(text)),
        text,
      ).toBe("BAD_VALUE");
      await expect(heap.parseStream([...Array(text.length).keys()].map((i) => text.charAt(i)))).rejects.toMatchObject({
        code: "BAD_VALUE",
      });
      heap.verify();
    }
    expect(() => heap.parse('\n["é\ud800"]')).toThrow("(line 2, column 4)");
    expect(codeOf(() => heap.parse("[x \ud800"))).toBe("BAD_JSON");
    // Of two halves the first is named, although the other ends the text.
    expect(() => heap.parse('[1, "a\udc00", "\ud83d')).toThrow("(line 1, column 7)");
    expect(codeOf(() => heap.parse('[x "\udc00", "\ud83d'))).toBe("BAD_JSON");
    // What is wrong in front of a half is named, although the core has waited for more of the token.
    const mixed = ['"aaaaaaaa', "\\x\ud83d", new TextEncoder().encode('"')];
    await expect(heap.parseStream(mixed)).rejects.toMatchObject({ code: "BAD_JSON", line: 1, column: 10 });
    heap.dispose();
  });

  test("bytes that are not UTF-8 are a BadJsonError", () => {
    withHeap(options(), (heap) => {
      const wrong = ["80", "c0 80", "c1 bf", "c3 22", "e0 80 80", "e0 9f bf", "ed a0 80", "f0 80 80 80", "f4 90 80 80"];
      for (const hex of [...wrong, "f5 80 80 80", "ff", "e2 82 22", "f0 9f 98 22"]) {
        const bytes = new Uint8Array([0x22, ...hex.split(" ").map((byte) => parseInt(byte, 16)), 0x22]);
        expect(
          codeOf(() => heap.parse(bytes)),
          hex,
        ).toBe("BAD_JSON");
      }
      const edges = ["c2 80", "df bf", "e0 a0 80", "ed 9f bf", "ee 80 80", "f0 90 80 80", "f4 8f bf bf"];
      for (const hex of edges) {
        const bytes = new Uint8Array([0x22, ...hex.split(" ").map((byte) => parseInt(byte, 16)), 0x22]);
        expect(parsed(heap, bytes), hex).toBe(JSON.parse(new TextDecoder().decode(bytes)));
      }
    });
  });

  test("with bigints, ints of 64 bits stay exact", () => {
    withHeap(options(), (heap) => {
      const text = "[1, 9007199254740993, 9223372036854775807, -9223372036854775808, 9223372036854775808, 1e17, -0]";
      const back = parsed(heap, text, { bigints: true });
      expect(back).toStrictEqual([1, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 2 ** 63, 1e17, -0]);
    });
  });

  test("a text may be nested 100,000 deep, and a token longer than the core gets at once", () => {
    withHeap(options(), (heap) => {
      const depth = 100_000;
      heap.parse("[".repeat(depth) + "]".repeat(depth)).release();
      expect(codeOf(() => heap.parse("[".repeat(depth)))).toBe("BAD_JSON");
      const long = { ["k".repeat(70_000)]: "é\n".repeat(150_000) };
      expect(parsed(heap, JSON.stringify(long))).toStrictEqual(long);
      const digits = `[${"1".repeat(200_000)}, 0.${"3".repeat(200_000)}]`;
      expect(parsed(heap, digits)).toStrictEqual(JSON.parse(digits));
    });
  });

  test("an allocation that fails at any step leaves nothing", () => {
    withHeap({ ...options(), maxBytes: 3 * 2 ** 20 }, (heap) => {
      const before = heap.stats().objects;
      const text = `[${'[0.5, "some text"],'.repeat(60_000)}0]`;
      expect(codeOf(() => heap.parse(text))).toBe("OUT_OF_MEMORY");
      heap.verify();
      expect(heap.stats().objects).toBe(before);
      expect(parsed(heap, "[1]")).toEqual([1]);
    });
  });

  test("of a subclass of Uint8Array only the bytes are read", () => {
    class Longer extends Uint8Array {
      override subarray = (() => new Uint8Array(100_000).fill(0x20)) as never;
    }
    class Throwing extends Uint8Array {
      override subarray = (() => {
        throw new Error("not to be called");
      }) as never;
    }
    class OtherSpecies extends Uint8Array {
      static get [Symbol.species](): unknown {
        return () => new Uint8Array(100_000);
      }
    }
    withHeap(options(), (heap) => {
      for (const Class of [Longer, Throwing, OtherSpecies])
        expect(parsed(heap, new Class(utf8("[1]"))), Class.name).toEqual([1]);
      expect(parsed(heap, new Uint8Array(utf8("--[1]--").buffer, 2, 3))).toEqual([1]);
    });
  });

  test("bytes that a finalizer detaches during parsing are CONTAINER_CHANGED, and nothing is left", () => {
    withHeap({ ...options(), maxBytes: 2 ** 22 }, (heap) => {
      const text = utf8(`[${"1.5,".repeat(60_000)}1.5]`);
      const Loud = heap.struct(
        "Loud",
        { self: "ref", bytes: "value" },
        { finalize: () => structuredClone(text.buffer, { transfer: [text.buffer] }) },
      );
      heap.scope(() => {
        const loud = Loud.new({ bytes: new Uint8Array(2_500_000) });
        loud.self = loud;
      });
      const before = heap.stats().objects;
      expect(codeOf(() => heap.parse(text))).toBe("CONTAINER_CHANGED");
      expect(heap.stats().objects).toBeLessThan(before);
    });
  });

  test("bad arguments are named errors", () => {
    withHeap(options(), (heap) => {
      for (const wrong of [undefined, null, 5, {}, ["1"], new Uint16Array(2)])
        expect(codeOf(() => heap.parse(wrong as never))).toBe("BAD_VALUE");
      expect(codeOf(() => heap.parse("1", { bigInts: true } as never))).toBe("BAD_OPTION");
      expect(codeOf(() => heap.parse("1", { bigints: 1 } as never))).toBe("BAD_OPTION");
      const ended = Heap.createSync(options());
      ended.dispose();
      expect(codeOf(() => ended.parse("1"))).toBe("HEAP_DISPOSED");
    });
  });
});

test("each allocation that fails leaves the heap unchanged", () => {
  const [, [, checked]] = CORES as [unknown, [string, () => object]];
  withHeap(checked(), (heap) => {
    const text =
      '{"name of it": [1.5, "text", {"a": 12345678901234567, "b": 0.30000000000000004}], "other": [1000, [2000]]}';
    const before = heap.stats().objects;
    for (let step = 1; ; step++) {
      failMemory(heap, step);
      const code = codeOf(() => {
        heap.parse(text).release();
      });
      failMemory(heap, 0);
      heap.verify();
      expect(heap.stats().objects).toBe(before);
      if (code === "no error") break;
      expect(code).toBe("OUT_OF_MEMORY");
      expect(step).toBeLessThan(200);
    }
  });
});
