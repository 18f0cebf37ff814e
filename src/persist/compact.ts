import { HeapBusyError, isStackOverflow } from "../base/errors.js";
import { isPinned } from "../base/pins.js";
import { isA } from "../base/untrusted.js";
import { ProbeBudget } from "../image/check/budget.js";
import { readOrder } from "../image/check/order.js";
import { compactSource } from "../image/compact/compact.js";
import type { Compaction } from "../image/compact/compact.js";
import type { Forwards } from "../image/compact/forwards.js";
import { sourceOfHeap } from "../image/compact/live-source.js";
import type { BlockSource } from "../image/compact/source.js";
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
  if (isPinned())
    throw new HeapBusyError(
      "a heap does not move its objects while it reads what it was given: getters, iterators, proxies",
    );
  try {
    const { core, to } = moved(store, sourceOfHeap(stateOf(store)));
    // What follows must not end half way.
    store.askForRoom();
    store.moveTo(core, to);
    return to;
  } catch (error) {
    if (!isA(error, RangeError) || isStackOverflow(error)) throw error;
    throw store.outOfMemory("a copy of the heap, to move its objects", error);
  }
}

/** A core with the compacted heap, and a function that gives the new addresses. It must not refer to the old memory. */
function moved(store: Store, source: BlockSource): { core: CoreExports; to: (address: Address) => Address } {
  const compaction = compactSource(source, { hasChecksums: false });
  const core = coreOf(store, source.control, compaction);
  return { core, to: finderOf(compaction.forwards) };
}

function finderOf(forwards: Forwards): (address: Address) => Address {
  return (address) => forwards.find(address);
}

/** A core of its own for the compacted heap. */
function coreOf(store: Store, old: ControlValues, { bytes, tally }: Compaction): CoreExports {
  const image = new Image(bytes, false);
  const core = startCoreSync(store.core.module, store.hooks);
  const { endPage, limitPage } = image.control;
  const refusal = (cause?: unknown): Error =>
    store.outOfMemory(`a second memory of ${endPage * 65536} bytes, to move the objects to`, cause);
  growMemoryTo(core.memory, endPage * 65536, refusal);
  if (core.init(core.heapBase(), limitPage * 65536) === 0) throw refusal();
  // Nobody else has had this image, so it is not checked.
  const budget = new ProbeBudget(Infinity, refusal);
  placeImage(core, { image, tally, order: readOrder(image), budget }, limitPage);
  carryOver(core, old);
  return core;
}

function carryOver(core: CoreExports, old: ControlValues): void {
  const words = new Uint32Array(core.memory.buffer);
  const base = core.controlBlock() >>> 0;
  for (const { field, offset } of CONTROL_PLACES)
    if (CARRIED.includes(field)) words[(base + offset) >>> 2] = old[field];
  core.addPause(0); // Computes the limits again.
}
