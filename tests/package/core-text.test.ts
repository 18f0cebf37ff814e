import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeCore } from "../../src/wasm/core-text.js";

const { encodeCore } = (await import(new URL("../../scripts/core-text.mjs", import.meta.url).href)) as {
  encodeCore: (bytes: Uint8Array) => string;
};

describe("a core as text", () => {
  test.each(["core.wasm", "core.checked.wasm"])(
    "%s is decoded unchanged, and compresses as well as its bytes",
    (file) => {
      const wasm = new Uint8Array(readFileSync(new URL(`../../dist/${file}`, import.meta.url)));
      const text = encodeCore(wasm);
      expect(Buffer.compare(decodeCore(text), wasm)).toBe(0);
      expect(text).toMatch(/^[ !#%&(-;=-[\]^_a-~]*$/);
      expect(gzipSync(text).length).toBeLessThan(1.02 * gzipSync(wasm).length);
    },
  );

  test("any bytes are decoded unchanged: none, all values, and equally frequent ones", () => {
    const all = Uint8Array.from({ length: 1024 }, (_, index) => index * 7);
    for (const bytes of [new Uint8Array(), all, all.slice(0, 1), new Uint8Array(300).fill(255)])
      expect([...decodeCore(encodeCore(bytes))]).toEqual([...bytes]);
  });
});
