// The ABI: what `src/wasm/exports.ts` describes, and what another AssemblyScript program imports. doors/checks.ts says
// what each function does before it changes anything.

export * from "./doors/objects";
export * from "./doors/values";
export * from "./doors/containers";
export * from "./doors/weak";
export * from "./doors/collection";
export * from "./load";
export * from "./parse";
export * from "./batch";
