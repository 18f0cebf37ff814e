import { TYPE_DESCRIPTOR_SIZE } from "../../assembly/layout.js";
import {
  BOOTSTRAP_BITMAP_BYTES,
  CLASSES_OFFSET,
  CLASS_COUNT,
  CLASS_RECORD,
  CLASS_RECORD_SIZE,
  CLASS_SIZES,
  CONTROL_PLACES,
  TYPE_RECORD,
} from "./core-layout.js";
import type { Address, RawExports } from "./exports.js";
import type { ControlField } from "./core-layout.js";

/**
 * What the state of the core says: numbers that need no function of the core's, since all its state lies in memory, at
 * places that `core-layout.ts` knows.
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
const PLACES = Object.fromEntries(CONTROL_PLACES.map((place) => [place.field, place])) as Record<
  ControlField,
  (typeof CONTROL_PLACES)[number]
>;

export function readingsOf(memory: WebAssembly.Memory, control: Address): CoreReadings {
  let words = new Uint32Array(memory.buffer);
  const word = (address: number): number => {
    // Detached: memory has grown.
    if (words.length === 0) words = new Uint32Array(memory.buffer);
    return words[address >>> 2] as number;
  };
  const read = (name: ControlField): (() => number) => {
    const { offset, bytes, isSigned } = PLACES[name];
    const at = control + offset;
    if (bytes === 8) return () => word(at) + word(at + 4) * 2 ** 32;
    return isSigned ? () => word(at) | 0 : () => word(at);
  };
  const flag = (name: ControlField): (() => boolean) => {
    const number = read(name);
    return () => number() !== 0;
  };
  const ofEach = (name: "threshold" | "count" | "collections" | "collected"): ((generation: number) => number) => {
    const numbers = ([0, 1, 2] as const).map((generation) => read(`${name}${generation}`));
    return (generation) => (numbers[generation] as () => number)();
  };
  const pages = (name: ControlField): (() => number) => {
    const number = read(name);
    return () => number() * PAGE_BYTES;
  };
  const no = read("falseObject");
  const yes = read("trueObject");
  const types = read("types");
  const firstPages = pages("firstPage");
  const descriptorPages = pages("descriptorPages");
  const bitmapPages = pages("bitmapPages");
  const typeWord = (offset: number) => (type: number) => word(types() + type * TYPE_DESCRIPTOR_SIZE + offset);
  const classWord = (offset: number) => (index: number) =>
    word(control + CLASSES_OFFSET + index * CLASS_RECORD_SIZE + offset);
  return {
    isCollecting: flag("collecting"),
    isEnabled: flag("enabled"),
    pauses: read("pauses"),
    threshold: ofEach("threshold"),
    count: ofEach("count"),
    byteThreshold: read("byteThreshold"),
    debug: read("debug"),
    collections: ofEach("collections"),
    collected: ofEach("collected"),
    candidates: read("candidates"),
    freedBytes: read("freedBytes"),
    isBounded: flag("bounded"),
    phase: read("phase"),
    cycleSteps: read("steps"),
    isHurried: flag("isHurried"),
    none: read("none"),
    bool: (value) => (value === 0 ? no() : yes()),
    unhashableType: read("unhashable"),
    internedCount: read("internSize"),
    internCapacity: read("internCapacity"),
    weakrefs: read("weakrefs"),
    reservedBytes: pages("endPage"),
    limitBytes: pages("limitPage"),
    usedPageBytes: pages("pagesInUse"),
    freePageBytes: pages("freePages"),
    tableBytes: () => firstPages() + descriptorPages() - BOOTSTRAP_BITMAP_BYTES,
    bitmapBytes: () => bitmapPages() + BOOTSTRAP_BITMAP_BYTES,
    liveBytes: read("liveBytes"),
    liveObjects: read("liveObjects"),
    liveBlocks: read("liveBlocks"),
    typeCount: typeWord(TYPE_RECORD.count),
    typeBytes: typeWord(TYPE_RECORD.bytes),
    classCount: () => CLASS_COUNT,
    classSize: (index) => CLASS_SIZES[index] as number,
    classPages: classWord(CLASS_RECORD.pages),
    classUsed: classWord(CLASS_RECORD.used),
    classFree: classWord(CLASS_RECORD.free),
    verifyAddress: read("verifyAddress"),
  };
}

/** A core: what it exports, and what its memory says. */
export interface CoreExports extends RawExports, CoreReadings {}

/** Adds to what a core exports what can be done without an export. */
export function completeExports(exports: RawExports): CoreExports {
  return { ...exports, ...readingsOf(exports.memory, exports.controlBlock()) };
}
