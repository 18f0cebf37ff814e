// The ABI: what `src/wasm/exports.ts` describes, and what another AssemblyScript program imports. What every door
// does before it changes anything is told in doors/checks.ts.

export * from "./doors/objects";
export * from "./doors/values";
export * from "./doors/containers";
export * from "./doors/weak";
export * from "./doors/collection";
export * from "./load";
export * from "./batch";
