/**
 * Puts a checked image into a freshly started core. The bytes of the pages keep their addresses. Everything that
 * describes them is rebuilt: page descriptors, directories, lists of pages and of objects, types, side tables, control
 * block. None of these come from the image, so a damaged image cannot make them wrong.
 */
import {
  BUFFER_DATA_OFFSET,
  FIRST_USER_TYPE,
  FLAG_INTERNED,
  FLAG_TRACKED,
  INFO_OFFSET,
  KIND_STRUCT,
  PAGE_SIZE,
  PAYLOAD_OFFSET,
  STR_BYTES_OFFSET,
  STR_LENGTH_OFFSET,
  TYPE_DESCRIPTOR_SIZE,
  MAX_PLAIN_SLOTS,
  TYPE_BORN_AT_ONCE,
  TYPE_DIES_AT_ONCE,
  TYPE_DIES_PLAINLY,
  TYPE_HAS_NO_HOOKS,
  EPHEMERON_MAP_OFFSET,
  TYPE_EPHEMERON,
  TYPE_HAS_FINALIZER,
  TYPE_HAS_LINKS,
  TYPE_MASK,
  TYPE_STR,
  TYPE_WEAKREF,
  WEAKREF_PREV_OFFSET,
  WEAKREF_REFERENT_OFFSET,
} from "../../assembly/layout.js";
import type { CoreExports } from "../wasm/readings.js";
import type { ProbeBudget } from "./check/budget.js";
import type { CheckedImage } from "./check/check.js";
import { CONTROL_PLACES, SAVED_PLACES } from "../wasm/control-fields.js";
import {
  CLASSES_OFFSET,
  CLASS_RECORD_SIZE,
  FREED_BYTE,
  GENERATION_OFFSETS,
  GUARD_BYTE,
  LARGE,
} from "../wasm/core-layout.js";
import type { ControlField } from "../wasm/control-fields.js";
import { hashOfText } from "./hash.js";
import { SATURATED_WORDS, addressOf } from "./image.js";
import type { Image, Run } from "./image.js";
import type { Order } from "./check/order.js";
import { PagePlacer } from "./place-pages.js";
import type { Tally } from "./check/objects.js";
import { readControl } from "./control.js";
import { prefixOf, sizeClassOf } from "./types.js";

/**
 * Turns a freshly started heap, in a memory that is large enough, into the heap of the image.
 *
 * @throws {@link BadImageError}
 */
export function placeImage(core: CoreExports, checked: CheckedImage, limitPage: number): void {
  new Placer(core, checked).run(limitPage);
}

class Placer {
  readonly #image: Image;
  readonly #tally: Tally;
  readonly #order: Order;
  readonly #budget: ProbeBudget;
  readonly #core: CoreExports;
  readonly #u32: Uint32Array;
  readonly #u8: Uint8Array;
  readonly #base: number;

  constructor(core: CoreExports, { image, tally, order, budget }: CheckedImage) {
    this.#image = image;
    this.#tally = tally;
    this.#order = order;
    this.#budget = budget;
    this.#core = core;
    this.#u32 = new Uint32Array(core.memory.buffer);
    this.#u8 = new Uint8Array(core.memory.buffer);
    this.#base = core.controlBlock() >>> 0;
  }

  run(limitPage: number): void {
    const fresh = readControl(this.#u32, this.#base);
    const { control } = this.#image;
    if (fresh.firstPage !== control.firstPage)
      throw this.#image.error(
        "CTRL",
        `the heap begins at page ${control.firstPage}, in this core at ${fresh.firstPage}`,
      );
    // Pages of the empty heap.
    this.#u8.fill(0, fresh.firstPage * PAGE_SIZE, fresh.endPage * PAGE_SIZE);
    for (const run of this.#image.runs) this.#copy(run);
    const pages = new PagePlacer(this.#image, this.#order, this.#u32, this.#base).run();
    this.#linkYoung();
    const typesAt = this.#placeTypes(fresh.types);
    const maps = this.#fillSideTables();
    this.#setControl({
      ...pages,
      ...maps,
      limitPage,
      types: typesAt,
      version: fresh.version,
      markStack: fresh.markStack,
      oldCount: this.#tally.old,
      frozenCount: this.#tally.frozen,
    });
    this.#core.addPause(0); // Computes the limits again.
  }

  #set(address: number, value: number): void {
    this.#u32[address >>> 2] = value;
  }

  #copy(run: Run): void {
    if (run.stored === 0) return;
    const { words } = this.#image;
    const at = (run.first * PAGE_SIZE) >>> 2;
    this.#u32.set(words.subarray(run.start, run.start + (run.stored >>> 2)), at);
    if (this.#image.isChecked) this.#guard(run);
  }

  /** Writes what a checked core expects in blocks: a guard at the end of each, poison in free ones. */
  #guard(run: Run): void {
    for (let i = 0; i < run.made; i++) {
      const object = addressOf(run, i);
      const end = object - prefixOf(run.kind) + run.blockSize - this.#image.guard;
      this.#u8.fill(GUARD_BYTE, end, end + this.#image.guard);
      const isFree = ((this.#u32[(object + INFO_OFFSET) >>> 2] as number) & TYPE_MASK) === 0;
      if (isFree) this.#u8.fill(FREED_BYTE, object + PAYLOAD_OFFSET, end);
    }
  }

  /** Links both ends of the young lists to their heads. In an image, both ends have no link. */
  #linkYoung(): void {
    GENERATION_OFFSETS.forEach((offset, generation) => {
      const head = this.#base + offset;
      const first = this.#image.young[generation] as number;
      let last = head;
      for (let object = first; object !== 0; object = this.#image.word(object - 8)) last = object;
      this.#set(head - 8, first === 0 ? head : first);
      this.#set(head - 4, last);
      if (first === 0) return;
      this.#set(first - 4, head);
      this.#set(last - 8, head);
    });
  }

  /** Writes the table of types: the built-in ones unchanged, then the structs. Returns its address. */
  #placeTypes(fresh: number): number {
    const { typesBuffer } = this.#image.control;
    const at = typesBuffer === 0 ? fresh : typesBuffer + BUFFER_DATA_OFFSET;
    if (at !== fresh) this.#u8.copyWithin(at, fresh, fresh + FIRST_USER_TYPE * TYPE_DESCRIPTOR_SIZE);
    this.#image.types.forEach((type, id) => {
      if (id < FIRST_USER_TYPE) return;
      const { payload, slots, hasLinks, hasFinalizer } = type;
      const sizeClass = sizeClassOf(type, this.#image.isChecked);
      const quietly = slots <= MAX_PLAIN_SLOTS ? TYPE_DIES_PLAINLY : 0;
      const dies = hasFinalizer ? TYPE_HAS_FINALIZER : quietly | TYPE_HAS_NO_HOOKS;
      const isSmall = hasLinks && payload >= 8 && payload <= 32;
      const atOnce = hasLinks && payload === 8 && !hasFinalizer && quietly !== 0;
      const flags =
        dies | (hasLinks ? TYPE_HAS_LINKS : 0) | (isSmall ? TYPE_BORN_AT_ONCE : 0) | (atOnce ? TYPE_DIES_AT_ONCE : 0);
      const kind = hasLinks ? 1 : 0;
      const descriptor = at + id * TYPE_DESCRIPTOR_SIZE;
      this.#set(descriptor, payload);
      this.#set(descriptor + 4, slots);
      this.#set(descriptor + 8, KIND_STRUCT | (flags << 8) | (sizeClass << 16) | (kind << 24));
      const spans =
        sizeClass === LARGE
          ? this.#base + placeOf("noSpans")
          : this.#base + CLASSES_OFFSET + sizeClass * CLASS_RECORD_SIZE + 4 * kind;
      this.#set(descriptor + 12, spans);
      // One outside reference, in both words.
      this.#set(descriptor + 16, 1);
      this.#set(descriptor + 20, id | (hasLinks ? FLAG_TRACKED : 0) | (1 << 24));
      this.#set(descriptor + 24, 0);
      this.#set(descriptor + 28, 0);
    });
    return at;
  }

  /** Fills the side tables. Returns how many entries they have. */
  #fillSideTables(): Partial<Record<ControlField, number>> {
    const { control } = this.#image;
    const saturated = this.#image.rows("SATU", SATURATED_WORDS);
    for (let row = 0; row < saturated.length; row += 2)
      this.#put(
        control.rootsMapBuffer,
        control.rootsMapCapacity,
        saturated[row] as number,
        saturated[row + 1] as number,
      );
    let weakrefs = 0;
    let chains = 0;
    let entries = 0;
    let keys = 0;
    let interned = 0;
    for (const object of this.#tally.noted) {
      const at = this.#image.at(object);
      const info = this.#image.words[at + 1] as number;
      const id = info & TYPE_MASK;
      if (id === TYPE_STR) {
        if ((info & FLAG_INTERNED) === 0) continue;
        this.#intern(object);
        interned++;
      } else if (id === TYPE_WEAKREF || id === TYPE_EPHEMERON) {
        const referent = this.#image.words[at + WEAKREF_REFERENT_OFFSET / 4] as number;
        if (referent === 0) continue;
        const isFirst = this.#image.words[at + WEAKREF_PREV_OFFSET / 4] === 0;
        if (id === TYPE_WEAKREF) {
          weakrefs++;
          if (!isFirst) continue;
          this.#put(control.weakrefMapBuffer, control.weakrefMapCapacity, referent, object);
          chains++;
        } else {
          const map = this.#image.words[at + EPHEMERON_MAP_OFFSET / 4] as number;
          // Same hash as `hashOfPair` of assembly/weak/map.ts.
          const hash = (Math.imul(map >>> 3, 0x85ebca6b) ^ (referent >>> 3)) >>> 0;
          this.#put(control.entryIndexBuffer, control.entryIndexCapacity, hash, object);
          entries++;
          if (!isFirst) continue;
          this.#put(control.entryMapBuffer, control.entryMapCapacity, referent, object);
          keys++;
        }
      }
    }
    return {
      rootsMapSize: saturated.length / SATURATED_WORDS,
      weakrefMapSize: chains,
      weakrefs,
      entryMapSize: keys,
      entryIndexSize: entries,
      internSize: interned,
    };
  }

  /** Like `insert` of assembly/heap/hash-table.ts, with room known to be there. */
  #put(buffer: number, capacity: number, key: number, value: number): void {
    let index = Math.imul(key ^ (key >>> 15), 0x9e3779b1) >>> (Math.clz32(capacity) + 1);
    const at = (buffer + BUFFER_DATA_OFFSET) >>> 2;
    while (this.#u32[at + 2 * index + 1] !== 0) {
      index = (index + 1) & (capacity - 1);
      this.#budget.spend(1);
    }
    this.#u32[at + 2 * index] = key;
    this.#u32[at + 2 * index + 1] = value;
  }

  /** Like assembly/values/intern.ts, with room known to be there. */
  #intern(string: number): void {
    const { internBuffer, internCapacity, hashSeed } = this.#image.control;
    const start = string + STR_BYTES_OFFSET;
    const length = this.#image.word(string + STR_LENGTH_OFFSET);
    const hash = hashOfText(this.#u8.subarray(start, start + length), hashSeed);
    // The first lookup compares the string with each text of the same hash.
    this.#budget.spend(1 + (length >>> 3));
    this.#put(internBuffer, internCapacity, hash, string);
  }

  #setControl(derived: Partial<Record<ControlField, number>>): void {
    const { control } = this.#image;
    const saved = new Set(SAVED_PLACES.map(({ field }) => field));
    for (const { field, offset, bytes } of CONTROL_PLACES) {
      const value = derived[field] ?? (saved.has(field) ? control[field] : 0);
      this.#set(this.#base + offset, value);
      if (bytes === 8) this.#set(this.#base + offset + 4, Math.floor(value / 2 ** 32));
    }
  }
}

function placeOf(field: ControlField): number {
  return (CONTROL_PLACES.find((place) => place.field === field) as { offset: number }).offset;
}
