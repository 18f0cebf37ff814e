import {
  BUFFER_DATA_OFFSET,
  NO_ENTRY,
  SLOTS_BUFFER_OFFSET,
  SLOTS_COUNT_OFFSET,
  TUPLE_ITEMS_OFFSET,
  TUPLE_LENGTH_OFFSET,
  TYPE_DICT,
  TYPE_LIST,
  TYPE_NONE,
  TYPE_TUPLE,
  UNHASHABLE_ENTRY,
} from "../../assembly/layout.js";
import { BadFieldError, BadIndexError, BadKeyError, describe } from "../base/errors.js";
import type { Handle } from "./handle.js";
import { unknownField } from "../object/field-layout.js";
import type { FieldLayout } from "../object/field-layout.js";
import type { Store } from "../state/store.js";
import { mustBeWeak } from "./slots.js";
import { borrowedValue, needsObject, ownedValue, withKey } from "./values.js";
import type { Value } from "./values.js";
import type { Address } from "../wasm/exports.js";
import { referentOf } from "./weak/weakref.js";

/** A step of a path: a field of a struct, an index of a list or tuple, or a key of a dict. */
export type PathStep = Value;

/**
 * Goes down a path and reads what is at its end, without a handle for each step: see `Handle`'s `read`
 * where there is one. `null` if a reference on the way is empty or None, `undefined` if a key is not there.
 *
 * @throws {@link BadFieldError}, {@link BadIndexError}, {@link BadKeyError} where a step cannot be gone.
 */
export function readPath(handle: Handle, path: readonly PathStep[]): unknown {
  const { store } = handle;
  // What is on the way is borrowed, so nothing may collect once it begins.
  const keys = path.some(needsObject)
    ? path.map((step) => (needsObject(step) ? ownedValue(store, step) : undefined))
    : NO_KEYS;
  try {
    return goDown(store, handle.address, path, keys);
  } finally {
    for (const key of keys) if (key !== undefined) store.core.decref(key);
  }
}

const NO_KEYS: readonly undefined[] = [];

/** `keys`: addresses of steps that are objects already. */
function goDown(
  store: Store,
  address: Address,
  path: readonly PathStep[],
  keys: readonly (Address | undefined)[],
): unknown {
  for (const [at, step] of path.entries()) {
    const info = store.typeAt(address);
    if (info.id === TYPE_NONE) return null;
    if (info.fields === undefined) {
      const next = childAt(store, address, info.id, step, keys[at]);
      if (next === undefined) return undefined;
      address = next;
      continue;
    }
    const field = info.fields.get(step as string);
    if (field === undefined) throw unknownField(info.name, step, info.fields.keys());
    if (field.codec !== undefined) return rawAt(store, address, info.name, field, path, at);
    const { source } = field;
    if (source?.isAsked === false) {
      // The getter may do anything to the heap, but this object stays.
      const object = address;
      return store.holding(object, () => {
        source.ask();
        return goDown(store, object, path.slice(at), keys.slice(at));
      });
    }
    address = store.memory.word(address + field.offset);
    if (address !== 0 && field.type === "weak")
      address = referentOf(store, mustBeWeak(store, address, info.name, field.name));
    if (address === 0) return null;
  }
  return borrowedValue(store, address);
}

/** A raw field ends a path. */
function rawAt(
  store: Store,
  address: Address,
  type: string,
  { name, offset, codec }: FieldLayout,
  path: readonly PathStep[],
  at: number,
): unknown {
  if (at < path.length - 1) throw new BadFieldError(`${type}.${name} is no reference`);
  return codec?.read(store.memory, address + offset);
}

/** Address of an item or a value, borrowed. */
function childAt(
  store: Store,
  address: Address,
  type: number,
  step: PathStep,
  object: Address | undefined,
): Address | undefined {
  const { memory } = store;
  if (type === TYPE_TUPLE)
    return itemAt(store, address + TUPLE_ITEMS_OFFSET, memory.word(address + TUPLE_LENGTH_OFFSET), step);
  if (type !== TYPE_LIST && type !== TYPE_DICT)
    throw new BadFieldError(`an object of type ${store.typeAt(address).name} has nothing at ${describe(step)}`);
  const slots = memory.word(address + SLOTS_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
  if (type === TYPE_LIST) return itemAt(store, slots, memory.word(address + SLOTS_COUNT_OFFSET), step);
  const find = (key: Address): number => store.core.tableFind(address, key) >>> 0;
  const entry = object === undefined ? withKey(store, step, find) : find(object);
  if (entry === UNHASHABLE_ENTRY) throw new BadKeyError(`a key of a dict cannot be ${describe(step)}`);
  return entry === NO_ENTRY ? undefined : memory.word(slots + 8 * entry + 4);
}

function itemAt(store: Store, items: Address, length: number, step: PathStep): Address {
  if (typeof step !== "number" || !Number.isInteger(step))
    throw new BadIndexError(`an index is a whole number, not ${describe(step)}`);
  const index = step < 0 ? step + length : step;
  if (index < 0 || index >= length) throw new BadIndexError(`no item ${step} among ${length}`);
  return store.memory.word(items + 4 * index);
}
