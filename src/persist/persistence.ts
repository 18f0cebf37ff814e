import {
  FIRST_USER_TYPE,
  TYPE_WEAKREF,
  WEAKREF_CALLBACK_OFFSET,
  WEAKREF_HASHED,
  WEAKREF_REFERENT_OFFSET,
} from "../../assembly/layout.js";
import { BUILTIN_TYPES } from "../handles/builtins.js";
import {
  BadImageError,
  BadOptionError,
  BadValueError,
  HeapBusyError,
  HeapwrightError,
  OutOfMemoryError,
  describe,
} from "../base/errors.js";
import type { Fields } from "../object/fields.js";
import type { Handle } from "../handles/handle.js";
import type { CheckedImage } from "../image/check/check.js";
import { needsBitmaps } from "../wasm/core-layout.js";
import { HANDLE_WORDS, SITE_WORDS } from "../image/image.js";
import type { CallbackKind, TypePlan, TypeRecord } from "../image/meta.js";
import { placeImage } from "../image/place.js";
import { readControl } from "../image/save.js";
import type { SavedHeap } from "../image/save.js";
import { shapesOf } from "../image/types.js";
import type { Store } from "../state/store.js";
import { StructLayout } from "../handles/struct.js";
import type { LiveRecord, Recorder } from "../modules/trace/recorder.js";
import type { Address } from "../wasm/exports.js";
import { describeInvariant } from "../wasm/invariants.js";

/**
 * What of a heap is to be saved, the host's side of it included. With bounded pauses, what is under way is ended, or given
 * up if it has decided nothing.
 *
 * @throws {@link HeapBusyError} in the middle of anything.
 */
export function stateOf(store: Store, recorder: Recorder): SavedHeap {
  const { core } = store;
  // Nothing of a heap is half done in its image.
  if (store.depth === 0) core.settle();
  const controlBlock = core.controlBlock() >>> 0;
  const control = readControl(store.memory.u32, controlBlock);
  if (store.depth > 0 || control.nesting !== 0 || needsBitmaps(control))
    throw new HeapBusyError("no image can be taken of a heap from inside its own finalizer or callback");
  if (control.loans > 0 || store.locked.size > 0)
    throw new HeapBusyError("no image can be taken of a heap in the middle of a copy or a sort");
  const structs = structsOf(store);
  const sites = new SiteTable();
  const handles: number[] = [];
  for (const [address, site] of store.orphans.handles()) handles.push(address, sites.indexOf(site));
  for (const [address, site] of store.net.live()) handles.push(address, sites.indexOf(site));
  const traced: number[] = [];
  for (const { address, site, weight } of recorder.live()) traced.push(address, sites.indexOf(site), bitsOf(weight));
  const callbacks = [...store.callbackLabels].sort(([a], [b]) => a - b);
  return {
    memory: core.memory,
    controlBlock,
    isChecked: core.isChecked() !== 0,
    types: shapesOf(structs.map(planOf)),
    meta: {
      types: structs.map(recordOf),
      roots: [...store.roots],
      callbacks,
      nextCallback: store.nextCallback,
      sites: sites.texts,
    },
    handles: Uint32Array.from(handles),
    sites: Uint32Array.from(traced),
    rootsOf: (object) => core.roots(object) >>> 0,
  };
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

function bitsOf(value: number): number {
  float[0] = value;
  return bits[0] as number;
}
function floatOf(value: number): number {
  bits[0] = value;
  return float[0] as number;
}

/** Numbers texts from 1 on, in the order they come; 0 = none. */
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

function structsOf(store: Store): StructLayout[] {
  const structs: StructLayout[] = [];
  for (let id = FIRST_USER_TYPE, info = store.types.get(id); info !== undefined; info = store.types.get(++id))
    structs.push(info as StructLayout);
  return structs;
}

function recordOf({ name, base, hasFinalizer, fields }: StructLayout): TypeRecord {
  return {
    name,
    base: base?.name ?? null,
    hasFinalizer,
    fields: Array.from(fields.values(), (field) => [field.name, field.type, field.offset]),
  };
}

/** As much of a plan as the shape of a type needs. */
function planOf(struct: StructLayout): TypePlan {
  return {
    layouts: struct.fields,
    slots: struct.slots,
    bytes: struct.bytes,
    record: recordOf(struct),
    base: undefined,
  };
}

/**
 * Makes a heap that has just been started the one of an image.
 *
 * @throws {@link BadImageError}, {@link BadOptionError}, {@link OutOfMemoryError}
 */
export function restoreInto(
  store: Store,
  recorder: Recorder,
  checked: CheckedImage,
  maxBytes: number | undefined,
): void {
  const { image } = checked;
  const { core } = store;
  if (image.isChecked !== (core.isChecked() !== 0)) {
    const [theirs, ours] = image.isChecked ? ["checked", "release"] : ["release", "checked"];
    throw new BadOptionError(`the image is of a ${theirs} core, this is a ${ours} one: see the option "module"`);
  }
  const { endPage, limitPage } = image.control;
  const limit = maxBytes === undefined ? limitPage : maxBytes >>> 16;
  if (endPage > limit) throw new OutOfMemoryError(`out of memory: the image needs ${endPage * 65536} bytes`);
  growTo(core.memory, endPage);
  placeImage(core, checked, limit);
  const broken = core.verify();
  if (broken !== 0)
    throw new BadImageError(`${describeInvariant(broken)}, 0x${(core.verifyAddress() >>> 0).toString(16)}`);
  restoreTypes(store, image.plans);
  restoreBooks(store, checked);
  const rows = image.rows("SITE", SITE_WORDS);
  const records: LiveRecord[] = [];
  for (let row = 0; row < rows.length; row += SITE_WORDS) {
    const site = image.meta.sites[(rows[row + 1] as number) - 1] as string;
    records.push({ address: rows[row] as number, site, weight: floatOf(rows[row + 2] as number) });
  }
  recorder.restore(records);
}

function growTo(memory: WebAssembly.Memory, pages: number): void {
  const missing = pages - memory.buffer.byteLength / 65536;
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    throw new OutOfMemoryError(`out of memory: the image needs ${pages * 65536} bytes`, { cause });
  }
}

/** The structs of an image, without what was a function: to be defined by the program. */
function restoreTypes(store: Store, plans: readonly TypePlan[]): void {
  const made = new Map<TypePlan, StructLayout>();
  const builtin = new Set(BUILTIN_TYPES.map(({ name }) => name));
  plans.forEach((plan, index) => {
    const { name, hasFinalizer, fields } = plan.record;
    const own: Fields = Object.fromEntries(
      fields.slice(plan.base?.layouts.size ?? 0).map(([field, type]) => [field, type]),
    );
    if (builtin.has(name)) throw new BadImageError(`the image defines ${describe(name)}, which is built in`);
    try {
      const layout = new StructLayout(store, {
        name,
        fields: own,
        base: plan.base && made.get(plan.base),
        members: [],
        restored: { id: FIRST_USER_TYPE + index, hasFinalizer },
      });
      made.set(plan, layout);
    } catch (error) {
      if (!(error instanceof HeapwrightError)) throw error;
      throw new BadImageError(`the image has a type that cannot be: ${error.message}`);
    }
  });
  for (const { id } of made.values()) store.unclaimed.add(id);
}

/** Named roots, callbacks that were, and the references of the program before. */
function restoreBooks(store: Store, { image, holders }: CheckedImage): void {
  const { meta } = image;
  for (const [name, address] of meta.roots) store.roots.set(name, address);
  for (const [id, label] of meta.callbacks) store.callbackLabels.set(id, label);
  store.nextCallback = meta.nextCallback;
  store.orphans.fill(image.rows("HAND", HANDLE_WORDS), meta.sites, holders.unexplained());
}

/** An object that something of the program before held. */
export interface Orphan {
  address: Address;
  type: string;
  /** How many references nobody holds any more. */
  references: number;
  /** Where its handles were made, as far as known. */
  sites: string[];
}

/** See `Heap.orphans`. */
export function orphansOf(store: Store): Orphan[] {
  store.core.isEnabled(); // throws if the heap is gone
  const orphans: Orphan[] = [];
  for (const [address, references, sites] of store.orphans.entries())
    if (isOrphan(store, address)) orphans.push({ address, type: store.typeAt(address).name, references, sites });
  return orphans;
}

/** Whether there is still an object, with outside references: somebody may have let them go by its address. */
function isOrphan(store: Store, address: Address): boolean {
  return store.core.typeOf(address) >= 2 && store.core.roots(address) !== 0;
}

/** See `Heap.adopt`. */
export function adoptOrphan(store: Store, address: Address): Handle {
  if (!store.orphans.take(address) || !isOrphan(store, address))
    throw new BadValueError(`nobody has left a reference to ${describe(address)} behind`);
  return store.adopt(address);
}

/** See `Heap.releaseOrphans`. */
export function releaseOrphans(store: Store): number {
  const entries = [...store.orphans.entries()];
  store.orphans.clear();
  let released = 0;
  for (const [address, references] of entries) {
    for (let i = 0; i < references && isOrphan(store, address); i++) {
      store.core.decref(address);
      released++;
    }
  }
  return released;
}

/** A function that the program before had given the heap, and that images cannot hold. */
export interface Lost {
  /** A struct's finalizer; the callback of a weak reference; what `weakref.finalize` was to run; the upkeep of a weak-valued map. */
  kind: "finalizer" | CallbackKind;
  /** Type of the objects, or object, it was for. */
  type: string;
  /** Name of the function; "" if it had none. */
  name: string;
  /** Of a callback: the object it waits for. */
  address?: Address;
}

/** See `Heap.lost`. */
export function lostOf(store: Store): Lost[] {
  const lost: Lost[] = structsOf(store)
    .filter(({ hasFinalizer, finalize }) => hasFinalizer && finalize === undefined)
    .map(({ name }) => ({ kind: "finalizer", type: name, name: "" }));
  if ([...store.callbackLabels.keys()].every((id) => store.callbacks.has(id))) return lost;
  const { core, memory } = store;
  for (let object = core.nextObject(0) >>> 0; object !== 0; object = core.nextObject(object) >>> 0) {
    if (store.typeIdAt(object) !== TYPE_WEAKREF) continue;
    const id = memory.word(object + WEAKREF_CALLBACK_OFFSET) & ~WEAKREF_HASHED;
    const address = memory.word(object + WEAKREF_REFERENT_OFFSET);
    const label = store.callbackLabels.get(id);
    if (label === undefined || address === 0 || store.callbacks.has(id)) continue;
    lost.push({ ...label, type: store.typeAt(address).name, address });
  }
  return lost;
}
