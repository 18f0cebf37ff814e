import { HeapBusyError, isStackOverflow } from "../base/errors.js";
import { isPinned } from "../base/pins.js";
import { isA } from "../base/untrusted.js";
import { ProbeBudget } from "../image/check/budget.js";
import { readOrder } from "../image/check/order.js";
import { compactSource } from "../image/compact/compact.js";
import type { Compaction } from "../image/compact/compact.js";
import type { Forwards } from "../image/compact/forwards.js";
import { sourceOfHeap } from "../image/compact/live-source.js";
import { planCompaction } from "../image/compact/plan.js";
import { planTrim } from "../image/compact/trim.js";
import { Image } from "../image/image.js";
import { placeImage } from "../image/place.js";
import { growMemoryTo } from "../state/reserve.js";
import type { Store } from "../state/store.js";
import { CONTROL_PLACES } from "../wasm/control-fields.js";
import type { ControlField, ControlValues } from "../wasm/control-fields.js";
import type { Address } from "../wasm/exports.js";
import { startCoreSync } from "../wasm/instance.js";
import type { CoreExports } from "../wasm/readings.js";
import { stateOf } from "./save.js";

/** Fields that no image contains, and that the program has set. */
const CARRIED: readonly ControlField[] = ["pauses", "collectAlways", "failCountdown"];

/**
 * Moves all objects of a heap to the lowest pages of a new memory, and lets the old memory go. Returns a function that
 * gives the new address of an object; 0 for any other number.
 *
 * All that can fail comes first: it leaves the heap as it was.
 *
 * @throws {@link HeapBusyError}, {@link OutOfMemoryError}, {@link WasmForbiddenError}
 */
export function compactStore(store: Store): (address: Address) => Address {
  return changeMemory(store, () => {
    const source = sourceOfHeap(stateOf(store));
    const compaction = compactSource(source, planCompaction(source), { hasChecksums: false });
    const to = finderOf(compaction.forwards);
    store.moveTo(coreOf(store, source.control, compaction), to);
    return to;
  });
}

/**
 * Gives back the free pages behind the last object of a heap: its memory becomes a smaller one with the same objects at
 * the same addresses. Nothing changes if no page would come back. Errors are those of `compactStore`.
 */
export function trimStore(store: Store): void {
  changeMemory(store, () => {
    const source = sourceOfHeap(stateOf(store));
    const plan = planTrim(source);
    if (plan.endPage * 65536 >= store.core.memory.buffer.byteLength) return;
    store.moveTo(coreOf(store, source.control, compactSource(source, plan, { hasChecksums: false })));
  });
}

/** Runs what gives a heap another memory. */
function changeMemory<T>(store: Store, run: () => T): T {
  if (isPinned())
    throw new HeapBusyError("a heap keeps its memory while it reads what it was given: getters, iterators, proxies");
  try {
    return run();
  } catch (error) {
    if (!isA(error, RangeError) || isStackOverflow(error)) throw error;
    throw store.outOfMemory("a copy of the heap, to give it another memory", error);
  }
}

function finderOf(forwards: Forwards): (address: Address) => Address {
  return (address) => forwards.find(address);
}

/** A core of its own for an image of the heap. */
function coreOf(store: Store, old: ControlValues, { bytes, tally }: Compaction): CoreExports {
  const image = new Image(bytes, false);
  const core = startCoreSync(store.core.module, store.hooks);
  const { endPage, limitPage } = image.control;
  const refusal = (cause?: unknown): Error => store.outOfMemory(`a second memory of ${endPage * 65536} bytes`, cause);
  growMemoryTo(core.memory, endPage * 65536, refusal);
  if (core.init(core.heapBase(), limitPage * 65536) === 0) throw refusal();
  // Nobody else has had this image, so it is not checked.
  const budget = new ProbeBudget(Infinity, refusal);
  placeImage(core, { image, tally, order: readOrder(image), budget }, limitPage);
  carryOver(core, old);
  // What follows must not end half way.
  store.askForRoom();
  return core;
}

function carryOver(core: CoreExports, old: ControlValues): void {
  const words = new Uint32Array(core.memory.buffer);
  const base = core.controlBlock() >>> 0;
  for (const { field, offset } of CONTROL_PLACES)
    if (CARRIED.includes(field)) words[(base + offset) >>> 2] = old[field];
  core.addPause(0); // Computes the limits again.
}
