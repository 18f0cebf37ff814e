import { FIRST_USER_TYPE } from "../../assembly/layout.js";
import { HeapBusyError } from "../base/errors.js";
import { readControl } from "../image/control.js";
import type { TypeRecord } from "../image/meta.js";
import type { SavedHeap } from "../image/save.js";
import { shapesOf } from "../image/types.js";
import type { Store } from "../state/store.js";
import { needsBitmaps } from "../wasm/control-fields.js";
import { bitsOf } from "./float.js";
import { planOf, recordOf, structsOf } from "./structs.js";

/**
 * Returns what an image of a heap contains, including the host's state. A bounded collection under way is completed, or
 * abandoned if it has not decided anything yet.
 *
 * @throws {@link HeapBusyError} inside a finalizer or callback, a copy or a sort.
 */
export function stateOf(store: Store): SavedHeap {
  const { core } = store;
  let types: TypeRecord[];
  do {
    // Types of fields can be getters, which may change the heap.
    types = structsOf(store).map(recordOf);
    // An image contains no unfinished work. Finalizers run here; they and getters may define structs.
    if (store.depth === 0) core.settle();
  } while (store.types.get(FIRST_USER_TYPE + types.length) !== undefined);
  const controlBlock = core.controlBlock() >>> 0;
  const control = readControl(store.memory.u32, controlBlock);
  if (store.depth > 0 || control.nesting !== 0 || needsBitmaps(control))
    throw new HeapBusyError("no image can be taken of a heap from inside its own finalizer or callback");
  if (control.loans > 0 || store.locked.size > 0)
    throw new HeapBusyError("no image can be taken of a heap in the middle of a copy or a sort");
  const structs = structsOf(store);
  const sites = new SiteTable();
  const handles: number[] = [];
  for (const [address, site] of store.orphans?.handles() ?? []) handles.push(address, sites.indexOf(site));
  for (const [address, site] of store.net.live()) handles.push(address, sites.indexOf(site));
  const traced: number[] = [];
  for (const { address, site, weight } of store.traces.live())
    traced.push(address, sites.indexOf(site), bitsOf(weight));
  const callbacks = [...store.callbacks.labels].sort(([a], [b]) => a - b);
  return {
    memory: core.memory,
    controlBlock,
    isChecked: core.isChecked() !== 0,
    types: shapesOf(structs.map(planOf)),
    meta: {
      types,
      roots: [...store.roots],
      callbacks,
      nextCallback: store.callbacks.next,
      sites: sites.texts,
    },
    handles: Uint32Array.from(handles),
    sites: Uint32Array.from(traced),
    rootsOf: (object) => core.roots(object) >>> 0,
  };
}

/** Numbers texts from 1 on, in order of first use; 0 = none. */
class SiteTable {
  readonly texts: string[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(site: string | undefined): number {
    if (site === undefined) return 0;
    let index = this.#indexes.get(site);
    if (index === undefined) this.#indexes.set(site, (index = this.texts.push(site)));
    return index;
  }
}
