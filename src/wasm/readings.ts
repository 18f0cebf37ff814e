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
 * What the state of the core says: numbers that need no function of the core's, since all its state lies in memory, at
 * places that `control-fields.ts` knows.
 */
export interface CoreReadings {
  isCollecting(): boolean;
  isEnabled(): boolean;
  /** Reasons not to collect automatically. */
  pauses(): number;
  threshold(generation: number): number;
  count(generation: number): number;
  /** Bytes by which the heap may grow before a collection is due; 0 = any number. */
  byteThreshold(): number;
  /** DEBUG_*. */
  debug(): number;
  /** Collections so far whose oldest generation was this one; objects they collected. */
  collections(generation: number): number;
  collected(generation: number): number;
  /** Objects that the last collection looked at; bytes of the blocks that it gave back. */
  candidates(): number;
  freedBytes(): number;

  isBounded(): boolean;
  /** PHASE_* of the cycle under way. */
  phase(): number;
  /** Of the cycle under way, or the last: its steps, and whether they had to grow. */
  cycleSteps(): number;
  isHurried(): boolean;

  /** The immortal None, and False or True. */
  none(): Address;
  bool(value: number): Address;
  /** Type of what made the last key unhashable; the tuple's if it is too deep. */
  unhashableType(): number;
  /** Interned strings, and cells of their table. */
  internedCount(): number;
  internCapacity(): number;
  /** Live weak references. */
  weakrefs(): number;

  /** Bytes of the pages taken from memory so far, the first tables included. */
  reservedBytes(): number;
  /** Most bytes that the heap may take. */
  limitBytes(): number;
  /** Bytes of pages that serve objects, whole pages counted. */
  usedPageBytes(): number;
  /** Bytes of pages that serve nothing at the moment. */
  freePageBytes(): number;
  /** Bytes of the heap's own tables, but for the bitmaps. */
  tableBytes(): number;
  /** Bytes set aside for the bitmaps of a collection. The first ones lie among the first tables, in no page of their own. */
  bitmapBytes(): number;

  /** Of the last `census`: bytes of the blocks of live objects and buffers, live objects, and blocks, buffers among them. */
  liveBytes(): number;
  liveObjects(): number;
  liveBlocks(): number;
  typeCount(type: number): number;
  typeBytes(type: number): number;
  /** Number of size classes; size of one in bytes; at the last census its pages, used and free blocks. */
  classCount(): number;
  classSize(index: number): number;
  classPages(index: number): number;
  classUsed(index: number): number;
  classFree(index: number): number;

  /** The address the last `verify` failed at. */
  verifyAddress(): Address;
}

const PAGE_BYTES = 65536;
export function readingsOf(memory: WebAssembly.Memory, control: Address): CoreReadings {
  let words = new Uint32Array(memory.buffer);
  const word = (address: number): number => {
    // Detached: memory has grown.
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

/** A core: what it exports, and what its memory says. */
export interface CoreExports extends RawExports, CoreReadings {}

/** Adds to what a core exports what can be done without an export. */
export function completeExports(exports: RawExports): CoreExports {
  return { ...exports, ...readingsOf(exports.memory, exports.controlBlock()) };
}
