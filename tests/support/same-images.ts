import * as L from "../../assembly/layout.js";
import { Image } from "../../src/image/image.js";
import type { ControlField } from "../../src/wasm/control-fields.js";

/** Counters that compaction leaves as they are. */
const COUNTERS: ControlField[] = [
  ...(["births", "frozenUpTo", "count0", "count1", "count2", "longLivedTotal", "longLivedPending"] as const),
  ...(["collections0", "collections1", "collections2", "collected0", "collected1", "collected2"] as const),
  ...(["threshold0", "threshold1", "threshold2", "byteThreshold", "candidates", "hashSeed", "enabled"] as const),
  ...(["typeCount", "hasHooks", "bounded", "debug", "clearsAllWeakrefs", "limitPage"] as const),
];

/**
 * Where the heaps of two images differ, their addresses apart: in what an object is, its counts, flags, generation and
 * birth, in the order of what it holds, or in what is one and the same. `pairs` are objects that should be equal.
 */
export function differenceOfImages(
  bytes: Uint8Array,
  others: Uint8Array,
  pairs: readonly (readonly [number, number])[] = [],
): string | undefined {
  const [a, b] = [new Image(bytes), new Image(others)];
  for (const field of COUNTERS)
    if (a.control[field] !== b.control[field]) return `${field} ${a.control[field]} became ${b.control[field]}`;
  const there = new Map<number, number>([[0, 0]]);
  const back = new Map<number, number>([[0, 0]]);
  const pending: (readonly [number, number])[] = [...pairs];
  for (const field of ["none", "falseObject", "trueObject", "smallInts", "emptyTuple", "garbage"] as const)
    pending.push([a.control[field], b.control[field]]);
  const roots = new Map(b.meta.roots);
  if (a.meta.roots.length !== roots.size) return "there are more or less roots";
  for (const [name, address] of a.meta.roots) pending.push([address, roots.get(name) ?? 0]);
  for (const generation of [0, 1] as const) pending.push([a.young[generation], b.young[generation]]);
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [x, y] = pair;
    if (there.has(x) || back.has(y)) {
      if (there.get(x) !== y || back.get(y) !== x) return `what is shared differs: ${x.toString(16)}`;
      continue;
    }
    there.set(x, y);
    back.set(y, x);
    const at = `at 0x${x.toString(16)} and 0x${y.toString(16)}`;
    const [one, other] = [contentOf(a, x), contentOf(b, y)];
    if (one.plain.join() !== other.plain.join()) return `${one.plain.join()} became ${other.plain.join()} ${at}`;
    if (one.references.length !== other.references.length) return `the number of references differs ${at}`;
    one.references.forEach((reference, i) => pending.push([reference, other.references[i] as number]));
  }
  return undefined;
}

/** An object's words that are no addresses, and those that are. */
function contentOf(image: Image, object: number): { plain: number[]; references: number[] } {
  const word = (offset: number): number => image.word(object + offset);
  const wordsFrom = (address: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => image.word(address + 4 * i));
  const info = word(L.INFO_OFFSET);
  const id = info & L.TYPE_MASK;
  const type = image.types[id] as (typeof image.types)[number];
  const plain = [word(0), info];
  const references: number[] = [];
  if (type.hasLinks)
    ((info & L.FLAG_TRACKED) !== 0 && (info & L.FLAG_OLD) === 0 ? references : plain).push(word(-8), word(-4));
  if (id === L.TYPE_STR || id === L.TYPE_BYTES) {
    const length = word(L.STR_LENGTH_OFFSET);
    plain.push(length, ...wordsFrom(object + L.STR_BYTES_OFFSET, (length + 3) >>> 2));
  } else if (type.kind === L.KIND_TUPLE) {
    plain.push(word(L.TUPLE_LENGTH_OFFSET));
    references.push(...wordsFrom(object + L.TUPLE_ITEMS_OFFSET, word(L.TUPLE_LENGTH_OFFSET)));
  } else if (type.kind === L.KIND_LIST || type.kind === L.KIND_TABLE) {
    const buffer = word(L.SLOTS_BUFFER_OFFSET);
    const slots = word(L.SLOTS_COUNT_OFFSET);
    const isTable = type.kind === L.KIND_TABLE;
    const items = wordsFrom(buffer + L.BUFFER_DATA_OFFSET, slots);
    plain.push(isTable ? word(L.TABLE_VERSION_OFFSET) : word(L.LIST_CAPACITY_OFFSET), isTable ? 0 : slots);
    // How many deleted entries a table keeps depends on the hashes of its keys.
    references.push(...(isTable ? items.filter((item) => item !== 0) : items));
    if (isTable) plain.push(word(L.TABLE_LENGTH_OFFSET), (word(L.TABLE_LOG_OFFSET) >>> 8) & 0xff);
  } else if (id === L.TYPE_WEAKREF) {
    const isAlive = word(L.WEAKREF_REFERENT_OFFSET) !== 0;
    plain.push(word(L.WEAKREF_CALLBACK_OFFSET));
    if (isAlive) references.push(...wordsFrom(object + L.WEAKREF_REFERENT_OFFSET, 3));
  } else if (id === L.TYPE_EPHEMERON) references.push(...wordsFrom(object + 8, 7));
  else if (type.kind === L.KIND_WEAKMAP) {
    references.push(word(L.WEAKMAP_FIRST_OFFSET));
    plain.push(word(L.WEAKMAP_SIZE_OFFSET));
  } else {
    references.push(...wordsFrom(object + 8, type.slots));
    plain.push(...wordsFrom(object + 8 + 4 * type.slots, type.payload / 4 - type.slots));
  }
  return { plain, references };
}
