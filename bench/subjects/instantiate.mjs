/** The exports of a module that `bench/build.mjs` made, started; each of them a step of a program. Node and browsers. */
export function instantiate(module, name, imports = {}, env = {}) {
  // Of the system that C expects nothing is used.
  const wasi = {};
  for (const { module: from, name: what } of WebAssembly.Module.imports(module))
    if (from === "wasi_snapshot_preview1") wasi[what] = () => 0;
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      abort() {
        throw new Error(`${name} aborted`);
      },
      ...env,
    },
    wasi_snapshot_preview1: wasi,
    ...imports,
  });
  (exports.start ?? exports._initialize)?.();
  if (exports.memory === undefined) return { ...exports };
  return { ...exports, bytesTaken: () => exports.memory.buffer.byteLength };
}

const nothing = () => {};
/** What the core tells its host. `collection` hears when collections, cycles and steps begin and end. */
export const hooks = (collection = nothing) => ({
  finalize: nothing,
  callback: nothing,
  collection,
  forget: nothing,
  checkRoom: nothing,
  refuse: nothing,
});
