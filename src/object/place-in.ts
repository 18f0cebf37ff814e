import {
  BUFFER_DATA_OFFSET,
  FIRST_USER_TYPE,
  ORIGIN_MAP,
  ORIGIN_PYTHON,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TABLE_ORIGIN_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_DICT,
  TYPE_LIST,
  TYPE_STR,
  TYPE_TUPLE,
} from "../../assembly/layout.js";
import { describe } from "../base/errors.js";
import { LargeMap } from "../base/large-map.js";
import { isAtomType, readAtom } from "./atoms.js";
import { isSetType, isTableType } from "./types.js";
import type { Reader } from "./reader.js";
import type { Address } from "../wasm/exports.js";

/** Where a value lies, in the words of JavaScript: `value["lines"][2].get(5)`. Of several ways it is a shortest one. */
export function placeIn(reader: Reader, root: Address, target: Address): string {
  const holders = new LargeMap<Address, Address>();
  // The containers of one distance from the root after those of another. Searched only for an error.
  for (let ring = [root]; ring.length > 0 && target !== root;) {
    const next: Address[] = [];
    for (const holder of ring)
      for (const [, part] of partsOf(reader, holder)) {
        if (part === root || holders.get(part) !== undefined) continue;
        holders.set(part, holder);
        if (part === target) return `value${wayTo(reader, holders, root, target)}`;
        if (!isAtomType(reader.typeIdAt(part))) next.push(part);
      }
    ring = next;
  }
  return "value";
}

function wayTo(reader: Reader, holders: LargeMap<Address, Address>, root: Address, target: Address): string {
  const steps: string[] = [];
  for (let at = target; at !== root;) {
    const holder = holders.get(at) as Address;
    for (const [step, part] of partsOf(reader, holder))
      if (part === at) {
        steps.push(step());
        break;
      }
    at = holder;
  }
  return steps.reverse().join("");
}

/** What an object leads to that is copied with it, and the steps there. */
function* partsOf(reader: Reader, object: Address): Generator<[step: () => string, part: Address]> {
  const { memory } = reader;
  const type = reader.typeIdAt(object);
  if (type >= FIRST_USER_TYPE) {
    for (const { name, offset, codec } of reader.typeAt(object).fields?.values() ?? []) {
      const part = codec === undefined ? memory.word(object + offset) : 0;
      if (part !== 0) yield [() => `[${JSON.stringify(name)}]`, part];
    }
    return;
  }
  const isTuple = type === TYPE_TUPLE;
  if (!isTuple && type !== TYPE_LIST && !isTableType(type)) return;
  const start = isTuple ? object + TUPLE_ITEMS_OFFSET : memory.word(object + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
  const count = memory.word(object + (isTuple ? TUPLE_LENGTH_OFFSET : SLOTS_COUNT_OFFSET));
  for (let i = 0; i < count; i++) {
    const part = memory.word(start + 4 * i);
    // A table's deleted entries are empty.
    if (part === 0) continue;
    if (isSetType(type)) yield [() => ".values()", part];
    else if (type !== TYPE_DICT) yield [() => `[${i}]`, part];
    else if (i % 2 === 0) yield [() => ".keys()", part];
    else yield [() => stepOfKey(reader, object, memory.word(start + 4 * i - 4)), part];
  }
}

function stepOfKey(reader: Reader, dict: Address, key: Address): string {
  const type = reader.typeIdAt(key);
  const name = isAtomType(type) ? describe(readAtom(reader, key, type)) : `a ${reader.typeAt(key).name}`;
  const origin = reader.memory.u8[dict + TABLE_ORIGIN_OFFSET];
  return type === TYPE_STR && origin !== ORIGIN_MAP && origin !== ORIGIN_PYTHON ? `[${name}]` : `.get(${name})`;
}
