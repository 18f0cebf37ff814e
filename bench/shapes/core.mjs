// A core without its host, so that cores of several builds can be compared in one process.

const nothing = () => undefined;

/** A heap of its own. `onEvent` gets what the core says about collections and steps. */
export function heapOf(module, onEvent = nothing) {
  const refuse = () => {
    throw new Error("the core refused an argument");
  };
  const host = { finalize: nothing, callback: nothing, collection: onEvent, forget: nothing, checkRoom: nothing, refuse };
  const { exports: core } = new WebAssembly.Instance(module, { env: { abort: refuse }, host });
  if (!core.init(core.heapBase(), 0xffff0000)) throw new Error("an empty heap does not fit");
  return { core, two: core.defineType(8, 2, 0) };
}
