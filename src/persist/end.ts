import type { Store } from "../state/store.js";

/** Maximal number of rounds: finalizers can create new handles in each. Python does not repeat without end either. */
const MAX_ROUNDS = 10;

/** Releases all references to the heap's objects, and collects. */
export function releaseEverything(store: Store): void {
  const { core, net } = store;
  for (let round = 0; round < MAX_ROUNDS && net.count > 0; round++)
    net.releaseAll((address) => {
      core.decref(address);
    });
  store.roots.forEach((address, name) => {
    store.roots.delete(name);
    core.decref(address);
  });
  core.setDebug(0);
  core.forgetGarbage();
  core.collect(2);
  // The rest is held by references counted through `heap.core`, or was resurrected.
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const held: number[] = [];
    for (let object = core.nextObject(0); object !== 0; object = core.nextObject(object)) {
      if (core.refcount(object) > 0 && core.roots(object) > 0) held.push(object >>> 0);
    }
    if (held.length === 0) break;
    for (const object of held) {
      // The count is read first: a finalizer may create another object at this address. An earlier death may have freed this one.
      for (let roots = core.roots(object); roots > 0 && core.typeOf(object) !== 0; roots--) core.decref(object);
    }
    net.forgetAll();
    core.collect(2);
  }
}
