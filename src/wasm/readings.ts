import { TYPE_DESCRIPTOR_SIZE } from "../../assembly/layout.js";
import {
  BOOTSTRAP_BITMAP_BYTES,
  CLASSES_OFFSET,
  CLASS_COUNT,
  CLASS_RECORD,
  CLASS_RECORD_SIZE,
  CLASS_SIZES,
  TYPE_RECORD,
} from "./core-layout.js";
import * as AT from "./control-offsets.js";
import type { Address, RawExports } from "./exports.js";

/**
 * Readings of the core's state that need no call into the core: they read its memory at the offsets of
 * `control-offsets.ts`.
 */
export interface CoreReadings {
  isCollecting(): boolean;
  isEnabled(): boolean;
  /** Number of reasons that suspend automatic collection. */
  pauses(): number;
  threshold(generation: number): number;
  count(generation: number): number;
  /** Bytes by which the heap may grow before a collection is due; 0 = any number. */
  byteThreshold(): number;
  /** DEBUG_* flags. */
  debug(): number;
  /** Number of collections whose oldest generation was this one; number of objects they collected. */
  collections(generation: number): number;
  collected(generation: number): number;
  /** Number of objects that the last collection examined; bytes of the blocks that it freed. */
  candidates(): number;
  freedBytes(): number;

  isBounded(): boolean;
  /** PHASE_* of the current cycle. */
  phase(): number;
  /** The current or last cycle: number of its steps; whether the steps had to be enlarged. */
  cycleSteps(): number;
  isHurried(): boolean;

  /** The immortal None; False or True. */
  none(): Address;
  bool(value: number): Address;
  /** Type of the object that made the last key unhashable; of the tuple, if that is nested too deeply. */
  unhashableType(): number;
  /** Number of interned strings, and of cells in their table. */
  internedCount(): number;
  internCapacity(): number;
  /** Live weak references. */
  weakrefs(): number;

  /** Bytes of all pages taken from the engine, including the first tables. */
  reservedBytes(): number;
  /** Maximal size of the heap in bytes. */
  limitBytes(): number;
  /** Bytes of pages that serve objects, in whole pages. */
  usedPageBytes(): number;
  /** Bytes of pages that are free. */
  freePageBytes(): number;
  /** Bytes of the heap's internal tables, without the bitmaps. */
  tableBytes(): number;
  /** Bytes reserved for the bitmaps of a collection. The first ones are part of the first tables and have no page. */
  bitmapBytes(): number;

  /** From the last `census`: bytes of the blocks of live objects and buffers; number of live objects; number of such blocks. */
  liveBytes(): number;
  liveObjects(): number;
  liveBlocks(): number;
  typeCount(type: number): number;
  typeBytes(type: number): number;
  /** Number of size classes; block size of a class; from the last census its pages, used and free blocks. */
  classCount(): number;
  classSize(index: number): number;
  classPages(index: number): number;
  classUsed(index: number): number;
  classFree(index: number): number;

  /** The address at which the last `verify` failed. */
  verifyAddress(): Address;
}

const PAGE_BYTES = 65536;
export function readingsOf(memory: WebAssembly.Memory, control: Address): CoreReadings {
  let words = new Uint32Array(memory.buffer);
  const word = (address: number): number => {
    // The array is detached because memory has grown.
    if (words.length === 0) words = new Uint32Array(memory.buffer);
    return words[address >>> 2] as number;
  };
  const read = (offset: number) => (): number => word(control + offset);
  const flag = (offset: number) => (): boolean => word(control + offset) !== 0;
  const pages = (offset: number) => (): number => word(control + offset) * PAGE_BYTES;
  const ofEach =
    (offset: number) =>
    (generation: number): number =>
      word(control + offset + 4 * generation);
  const ofEachSigned =
    (offset: number) =>
    (generation: number): number =>
      word(control + offset + 4 * generation) | 0;
  const no = read(AT.FALSE_OBJECT);
  const yes = read(AT.TRUE_OBJECT);
  const types = read(AT.TYPES);
  const firstPages = pages(AT.FIRST_PAGE);
  const descriptorPages = pages(AT.DESCRIPTOR_PAGES);
  const bitmapPages = pages(AT.BITMAP_PAGES);
  const typeWord = (offset: number) => (type: number) => word(types() + type * TYPE_DESCRIPTOR_SIZE + offset);
  const classWord = (offset: number) => (index: number) =>
    word(control + CLASSES_OFFSET + index * CLASS_RECORD_SIZE + offset);
  return {
    isCollecting: flag(AT.COLLECTING),
    isEnabled: flag(AT.ENABLED),
    pauses: read(AT.PAUSES),
    threshold: ofEachSigned(AT.THRESHOLD),
    count: ofEachSigned(AT.COUNT),
    byteThreshold: read(AT.BYTE_THRESHOLD),
    debug: read(AT.DEBUG),
    collections: ofEach(AT.COLLECTIONS),
    collected: ofEach(AT.COLLECTED),
    candidates: read(AT.CANDIDATES),
    freedBytes: read(AT.FREED_BYTES),
    isBounded: flag(AT.BOUNDED),
    phase: read(AT.PHASE),
    cycleSteps: read(AT.STEPS),
    isHurried: flag(AT.IS_HURRIED),
    none: read(AT.NONE),
    bool: (value) => (value === 0 ? no() : yes()),
    unhashableType: read(AT.UNHASHABLE),
    internedCount: read(AT.INTERN_SIZE),
    internCapacity: read(AT.INTERN_CAPACITY),
    weakrefs: read(AT.WEAKREFS),
    reservedBytes: pages(AT.END_PAGE),
    limitBytes: pages(AT.LIMIT_PAGE),
    usedPageBytes: pages(AT.PAGES_IN_USE),
    freePageBytes: pages(AT.FREE_PAGES),
    tableBytes: () => firstPages() + descriptorPages() - BOOTSTRAP_BITMAP_BYTES,
    bitmapBytes: () => bitmapPages() + BOOTSTRAP_BITMAP_BYTES,
    liveBytes: () => word(control + AT.LIVE_BYTES) + word(control + AT.LIVE_BYTES + 4) * 2 ** 32,
    liveObjects: read(AT.LIVE_OBJECTS),
    liveBlocks: read(AT.LIVE_BLOCKS),
    typeCount: typeWord(TYPE_RECORD.count),
    typeBytes: typeWord(TYPE_RECORD.bytes),
    classCount: () => CLASS_COUNT,
    classSize: (index) => CLASS_SIZES[index] as number,
    classPages: classWord(CLASS_RECORD.pages),
    classUsed: classWord(CLASS_RECORD.used),
    classFree: classWord(CLASS_RECORD.free),
    verifyAddress: read(AT.VERIFY_ADDRESS),
  };
}

/** A core: its exports, and the readings of its memory. */
export interface CoreExports extends RawExports, CoreReadings {
  /** What the core is an instance of. */
  readonly module: WebAssembly.Module;
}

/** Adds the readings to the exports of a core. */
export function completeExports(exports: RawExports, module: WebAssembly.Module): CoreExports {
  return { ...exports, ...readingsOf(exports.memory, exports.controlBlock()), module };
}
