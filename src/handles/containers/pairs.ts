import { attempt, readProperties, unreadable } from "../../base/arguments.js";
import { BadValueError, describe } from "../../base/errors.js";
import type { Store } from "../../state/store.js";
import { addressIn, isHandle, isHandleOf } from "../handle.js";
import { withRest } from "../values.js";
import type { Given, Value } from "../values.js";
import { lentBy } from "./container.js";
import { SequenceHandle } from "./sequence.js";

/** What a dict can be made of, or updated with. A pair is an array of two, or a tuple or list of the heap. */
export type DictInit<K = Value, V = Given<Value>> =
  Iterable<readonly [K, V] | SequenceHandle> | Readonly<Record<K extends string ? K : string, V>>;

/** The entries that something gives, but a dict of the heap; also properties. As `pairsOf`. @throws {@link BadValueError} */
export function entriesIn(store: Store, init: DictInit): Iterable<readonly [Value, Value]> {
  const isIterable =
    isHandle(init) || attempt(BadValueError, "entries", () => typeof init === "object" && Symbol.iterator in init);
  return isIterable
    ? pairsOf(store, init as Iterable<readonly [Value, Value]>)
    : readProperties(init as Readonly<Record<string, Value>>, "entries");
}

// The pairs themselves may be handles, so they are lent before they are read.
function* checkedPairs(pairs: Iterable<unknown>): Generator<readonly [Value, Value]> {
  for (const pair of lentBy(pairs)) {
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
 * The pairs of a container, dict or weak map of the heap, or of anything that can be iterated over. Handles that the heap makes
 * for the loop are lent: what takes them holds what it keeps.
 *
 * @throws {@link BadValueError}, {@link ForeignHandleError}
 */
export function pairsOf<K, V>(store: Store, entries: Iterable<readonly [K, V]>): Iterable<readonly [K, V]> {
  if (isHandle(entries)) addressIn(store, entries);
  return checkedPairs(entries) as Iterable<readonly [K, V]>;
}
