/** What `gc.getObjects`, `getReferrers` and `getReferents` return: new handles for objects that the core lists. */
import { NEXT_OFFSET, PREV_OFFSET, TYPE_EPHEMERON } from "../../../assembly/layout.js";
import { share } from "../../handles/adopt.js";
import type { AnyStruct } from "../../handles/field-types.js";
import { addressIn } from "../../handles/handle.js";
import type { Handle } from "../../handles/handle.js";
import { layoutIn } from "../../handles/struct-layout.js";
import { visitedBy } from "../../object/referents.js";
import { withLoan } from "../../state/loan.js";
import { checkGeneration } from "../../state/options.js";
import type { Generation } from "../../state/options.js";
import type { Store } from "../../state/store.js";
import type { Address } from "../../wasm/exports.js";

const ALL: readonly Generation[] = [0, 1, 2];

/** The tracked objects of one generation, of a struct, or all; without entries of weak maps. */
export function objectsOf(store: Store, which: Generation | AnyStruct | undefined): Handle[] {
  const layout = typeof which === "object" && (which as unknown) !== null ? layoutIn(store, which) : undefined;
  const generations = which === undefined || layout !== undefined ? ALL : [checkGeneration(which as Generation)];
  const found = find(store, generations, (one, object) => store.core.trackedAfter(one, object));
  return shareAll(
    store,
    found.filter((object) => layout?.has(object) ?? store.typeIdAt(object) !== TYPE_EPHEMERON),
  );
}

/** The tracked objects that refer to any of these. */
export function referrersOf(store: Store, objects: readonly Handle[]): Handle[] {
  for (const object of objects) addressIn(store, object);
  if (objects.length === 0) return [];
  return withLoan(store, 4 * objects.length, (loan) => {
    // Addresses are read only now: getting a loan may run finalizers, which may release handles.
    const targets = Uint32Array.from(objects, (object) => addressIn(store, object)).sort();
    store.memory.u32.set(targets, loan >>> 2);
    const { core } = store;
    return shareAll(
      store,
      find(store, ALL, (one, object) => core.nextReferrer(one, object, loan, targets.length)),
    );
  });
}

/** What these refer to, once for each reference. */
export function handlesOfReferents(store: Store, objects: readonly Handle[]): Handle[] {
  const addresses = objects.map((object) => addressIn(store, object));
  return shareAll(
    store,
    addresses.flatMap((address) => visitedBy(store, address)),
  );
}

/**
 * Addresses of the objects that the core lists, generation by generation, each in birth order. `after` gives the first
 * object behind another, and 0 at the end. All are found before the first handle is made, since counting the reference of
 * a handle may need memory.
 */
function find(
  { memory }: Store,
  generations: readonly Generation[],
  after: (generation: Generation, object: Address) => Address,
): Address[] {
  return generations.flatMap((generation) => {
    const found: Address[] = [];
    for (let object = 0; (object = after(generation, object) >>> 0) !== 0;) found.push(object);
    if (generation < 2) return found;
    // Objects of generation 2 are in no list: the words of the links hold their birth number.
    const birth = (object: Address): number =>
      memory.word(object + PREV_OFFSET) * 2 ** 32 + memory.word(object + NEXT_OFFSET);
    return found.sort((a, b) => birth(a) - birth(b));
  });
}

/** A new handle for each, or an error and none. */
function shareAll(store: Store, addresses: readonly Address[]): Handle[] {
  const handles: Handle[] = [];
  try {
    for (const address of addresses) handles.push(share<Handle>(store, address));
  } catch (error) {
    for (const handle of handles) handle.release();
    throw error;
  }
  return handles;
}
