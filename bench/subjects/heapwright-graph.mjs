import { IS_COLLECTED_TYPE, IS_ROOT, IS_TRACKED, readGraph } from "../real-graph.mjs";

// Of CPython on 32 bits, as its sizes contain them.
const OBJECT_HEADER = 8;
const COLLECTOR_HEADER = 8;
const REFERENCE = 4;

/**
 * Rebuilds CPython's graph: every object with as many references, to the same objects, and as many bytes behind its header; what
 * CPython's own structures hold is held from outside.
 */
export function buildRealGraph(core, modules) {
  const { objects, sizes, starts, flags, targets } = readGraph(modules);
  const types = new Map();
  const typeFor = (payload, slots) => {
    const key = payload * 2 ** 24 + slots;
    let type = types.get(key);
    if (type === undefined) {
      type = core.defineType(payload, slots, 0);
      if (type === 0) throw new Error("too many types");
      types.set(key, type);
    }
    return type;
  };
  core.enable(0);
  const addresses = new Uint32Array(objects);
  for (let i = 0; i < objects; i++) {
    const references = starts[i + 1] - starts[i];
    // What CPython tracks is tracked by us, too, references or not.
    const slots = Math.max(references, flags[i] & IS_TRACKED ? 1 : 0);
    const headers = OBJECT_HEADER + (flags[i] & IS_COLLECTED_TYPE ? COLLECTOR_HEADER : 0);
    const payload = (Math.max(slots * REFERENCE, sizes[i] - headers) + 7) & ~7;
    const address = core.alloc(typeFor(payload, slots)) >>> 0;
    if (address === 0) throw new Error("out of memory");
    addresses[i] = address;
  }
  for (let i = 0; i < objects; i++)
    for (let at = starts[i]; at < starts[i + 1]; at++)
      core.setRef(addresses[i], at - starts[i], addresses[targets[at]]);
  for (let i = 0; i < objects; i++) if ((flags[i] & IS_ROOT) === 0) core.decref(addresses[i]);

  /** All are alive, and lead where CPython's did. */
  function check() {
    const alive = core.alive();
    if (alive !== objects) throw new Error(`${alive} objects are alive, of ${objects}`);
    for (let i = 0; i < objects; i++)
      for (let at = starts[i]; at < starts[i + 1]; at++)
        if (core.getRef(addresses[i], at - starts[i]) >>> 0 !== addresses[targets[at]])
          throw new Error(`a reference of object ${i} is wrong`);
  }
  return { objects, bytes: core.bytesInUse(), check };
}
