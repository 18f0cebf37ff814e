/**
 * Python's memory manager for WebAssembly: reference counts, a three-generation cycle collector, weak
 * references and finalizers over real bytes. Start with {@link Heap}.
 *
 * @packageDocumentation
 */
export { Heap } from "./heap/inlined.js";
export * from "./heap/exports.js";
