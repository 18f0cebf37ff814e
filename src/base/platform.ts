// Types of what JavaScript's surroundings have, as far as they have it: programs without the library "DOM" compile, too, and
// so do those of TypeScript 5.4, to which arrays of bytes say nothing of their buffer.

/** `Uint8Array<ArrayBuffer>`, where TypeScript knows that. */
export type Bytes = ReturnType<typeof Uint8Array.of>;

/** `WebAssembly.Module` */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : object;

/** `Response`, as `fetch` gives it. */
export type FetchResponse = typeof globalThis extends { Response: { prototype: infer T } }
  ? T
  : { arrayBuffer(): Promise<ArrayBuffer> };

/** `AbortSignal` */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer T } }
  ? T
  : { readonly aborted: boolean; readonly reason: unknown };

/** `ReadableStream<Uint8Array<ArrayBuffer>>` */
export type ByteStream = FetchResponse extends { body: infer T | null } ? T : AsyncIterable<Bytes>;

/** `ReadableStream`, of whatever. */
export type AnyStream = typeof globalThis extends { ReadableStream: { prototype: infer T } } ? T : never;
