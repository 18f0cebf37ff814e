import { attempt, iterate, readProperties, unreadable } from "../../base/arguments.js";
import { BadValueError, describe } from "../../base/errors.js";
import type { Store } from "../../state/store.js";
import { share } from "../adopt.js";
import { addressIn, isHandle, isHandleOf, noImpostor } from "../handle.js";
import type { Handle } from "../handle.js";
import { withRest } from "../values.js";
import type { Given, Value } from "../values.js";
import { ContainerHandle, lending } from "./container.js";
import { SequenceHandle } from "./sequence.js";

/** What a dict can be made of, or updated with. A pair is an array of two, or a tuple or list of the heap. */
export type DictInit<K = Value, V = Given<Value>> =
  Iterable<readonly [K, V] | SequenceHandle> | Readonly<Record<K extends string ? K : string, V>>;

/** The entries that something gives, but a dict or weak map of the heap. @throws {@link BadValueError} */
export function entriesIn(store: Store, init: DictInit): Iterable<readonly [Value, Value]> {
  if (isHandleOf(init, ContainerHandle)) return pairsIn(store, init);
  const isIterable = attempt(BadValueError, "entries", () => typeof init === "object" && Symbol.iterator in init);
  return isIterable
    ? checkedPairs(init as Iterable<unknown>)
    : readProperties(init as Readonly<Record<string, Value>>, "entries");
}

function* checkedPairs(pairs: Iterable<unknown>): Generator<readonly [Value, Value]> {
  for (const pair of iterate(noImpostor(pairs))) {
    if (isHandleOf(pair, SequenceHandle)) yield* pairOf(pair);
    else yield pairIn(pair);
  }
}

function pairIn(pair: unknown): readonly [Value, Value] {
  try {
    if (Array.isArray(pair) && pair.length === 2) return [pair[0] as Value, pair[1] as Value];
  } catch (cause) {
    throw unreadable(BadValueError, "an entry", cause);
  }
  throw notAPair(describe(pair));
}

/** Pairs in a container of the heap. They are lent: what takes them holds what it keeps. */
function* pairsIn(store: Store, container: ContainerHandle): Generator<readonly [Value, Value]> {
  addressIn(store, container);
  for (const address of container.elements()) {
    const pair = share<Handle>(store, address);
    try {
      if (!isHandleOf(pair, SequenceHandle)) throw notAPair(pair.repr());
      yield* pairOf(pair);
    } finally {
      pair.release();
    }
  }
}

/** The two items of a tuple or list of the heap. Handles among them are released when the next is asked for. */
function* pairOf(pair: SequenceHandle): Generator<readonly [Value, Value]> {
  if (pair.length !== 2) throw notAPair(pair.repr());
  const first = pair.get(0);
  const items = withRest(first, () => [first, pair.get(1)] as const);
  try {
    yield items;
  } finally {
    for (const item of items) if (isHandle(item)) item.release();
  }
}

function notAPair(what: string): BadValueError {
  return new BadValueError(`expected a key and its value, got ${what}`);
}

/**
 * The entries of a weak map or dict of the heap, of pairs in a list or tuple of the heap, or of pairs of JavaScript's. What
 * belongs to the heap is lent.
 *
 * @throws {@link BadValueError}
 */
export function pairsOf<K, V>(store: Store, entries: Iterable<readonly [K, V]>): Iterable<readonly [K, V]> {
  const pairs = isHandleOf(entries, SequenceHandle)
    ? pairsIn(store, entries)
    : isHandle(entries)
      ? lending(checkedPairs(entries as Iterable<unknown>))
      : checkedPairs(entries);
  return pairs as Iterable<readonly [K, V]>;
}
