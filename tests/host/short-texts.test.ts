import { expect, test } from "vitest";
import { Numbering } from "../../src/base/numbering.js";
import { isUtf8 } from "../../src/image/check/utf8.js";
import { writeText } from "../../src/wasm/memory.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";

const encoder = new TextEncoder();

/** Units around each limit of UTF-8 and of surrogates. */
const UNITS = [0x0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff];

test("short and long texts are written as the engine encodes them, or not at all", () => {
  const seed = seedOf(81);
  const random = seededRandom(seed);
  for (let round = 0; round < howMany(3000); round++) {
    const length = random(8) === 0 ? 120 + random(20) : random(12);
    const isPaired = random(2) === 0;
    let text = "";
    while (text.length < length) {
      const unit = UNITS[random(UNITS.length)] as number;
      if (!isPaired || (unit & 0xf800) !== 0xd800) text += String.fromCharCode(unit);
      else text += String.fromCharCode(0xd800 + random(1024), 0xdc00 + random(1024));
    }
    const bytes = new Uint8Array(3 * text.length + 4).fill(0xee);
    const written = writeText(bytes, 1, text);
    const isWhole = !/\p{Surrogate}/u.test(text);
    const what = `seed ${seed}, ${JSON.stringify(text)}`;
    expect(written, what).toBe(isWhole ? encoder.encode(text).length : -1);
    if (isWhole) expect([...bytes.subarray(1, 1 + written)], what).toEqual([...encoder.encode(text)]);
    expect([bytes[0], ...bytes.subarray(3 * text.length + 1)], what).toEqual([0xee, 0xee, 0xee, 0xee]);
  }
});

test("short bytes are UTF-8 if the engine decodes them", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const isDecoded = (bytes: Uint8Array): boolean => {
    try {
      strict.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  const edges = [
    0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff,
  ];
  const check = (...bytes: number[]): void => {
    const all = Uint8Array.of(0xff, ...bytes, 0x80);
    if (isUtf8(all, 1, bytes.length) !== isDecoded(Uint8Array.from(bytes)))
      throw new Error(`wrong about ${bytes.join()}`);
  };
  for (const a of edges) {
    check(a);
    for (const b of edges) {
      check(a, b);
      for (const c of edges) {
        check(a, b, c);
        check(a, b, c, 0x80);
        check(a, b, c, 0x41);
      }
    }
  }
  for (let first = 0; first < 256; first++)
    for (let second = 0; second < 256; second++) check(first, second, 0x80, 0x80);
});

test("objects that come again have the numbers of their first coming, also over several sets", () => {
  const seed = seedOf(82);
  const random = seededRandom(seed);
  for (let round = 0; round < howMany(50); round++) {
    const numbering = new Numbering(1 + random(6));
    const objects: object[] = [];
    for (let step = 0; step < 60; step++) {
      const again = objects.length > 0 && random(3) === 0 ? random(objects.length) : -1;
      const object = objects[again] ?? {};
      if (again < 0) objects.push(object);
      expect(numbering.add(object), `seed ${seed}`).toBe(again);
    }
  }
});
