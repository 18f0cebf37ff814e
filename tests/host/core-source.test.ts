// Where a core comes from, and what is said if it does not come, or is none.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Heap } from "../../src/index.js";
import { startError } from "../../src/wasm/refused.js";
import { codeOf } from "../support/heap.js";

const bytes = readFileSync(new URL("../../dist/core.wasm", import.meta.url));
const rejected = async (promise: Promise<unknown>): Promise<{ code: string; cause: unknown; message: string }> =>
  promise.then(
    () => ({ code: "no error", cause: undefined, message: "" }),
    (error: unknown) => error as { code: string; cause: unknown; message: string },
  );

test("a rejected promise, and a server without the file, are CORE_NOT_LOADED", async () => {
  const mine = new Error("mine");
  const error = await rejected(Heap.create({ module: Promise.reject(mine) }));
  expect([error.code, error.cause]).toEqual(["CORE_NOT_LOADED", mine]);
  const missing = new Response("no such file", { status: 404 });
  expect((await rejected(Heap.create({ module: missing }))).code).toBe("CORE_NOT_LOADED");
});

test("an invalid core is BAD_CORE", async () => {
  for (const source of [new Uint8Array(8), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 5, "core.wasm"]) {
    expect(codeOf(() => Heap.createSync({ module: source as never }))).toBe("BAD_CORE");
    expect((await rejected(Heap.create({ module: source as never }))).code).toBe("BAD_CORE");
  }
  expect(codeOf(() => Heap.createSync({ module: bytes }))).toBe("no error");
});

test.each([
  ["WASM_FORBIDDEN", "WebAssembly.Module(): Wasm code generation disallowed by embedder"],
  ["WASM_FORBIDDEN", "Refused to compile or instantiate WebAssembly module because 'unsafe-eval' is not allowed"],
  ["WASM_FORBIDDEN", "call to WebAssembly.Module() blocked by CSP"],
  ["OUT_OF_MEMORY", "WebAssembly.Memory(): could not allocate memory"],
  ["OUT_OF_MEMORY", "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance"],
])("%s: %s", (code, message) => {
  for (const cause of [new WebAssembly.CompileError(message), new RangeError(message)])
    expect(startError(cause, false)).toMatchObject({ code, cause });
});
