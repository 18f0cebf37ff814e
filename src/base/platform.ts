// Types of the platform, where the program's TypeScript has them. Programs without the library "DOM" compile too, and so do
// programs with TypeScript 5.4, where `Uint8Array` has no type parameter.

/** `Uint8Array<ArrayBuffer>`, if TypeScript has that type. */
export type Bytes = ReturnType<typeof Uint8Array.of>;

/** `WebAssembly.Module` */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : object;

/** `Response`, the result of `fetch` */
export type FetchResponse = typeof globalThis extends { Response: { prototype: infer T } }
  ? T
  : { arrayBuffer(): Promise<ArrayBuffer> };

/** `AbortSignal` */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer T } }
  ? T
  : { readonly aborted: boolean; readonly reason: unknown };

/** `ReadableStream<Uint8Array<ArrayBuffer>>` */
export type ByteStream = FetchResponse extends { body: infer T | null } ? T : AsyncIterable<Bytes>;

/** `ReadableStream` of anything */
export type AnyStream = typeof globalThis extends { ReadableStream: { prototype: infer T } } ? T : never;
