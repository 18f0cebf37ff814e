// A load: what has been built so far, and where the next value goes.

import {
  LOAD_DICT,
  LOAD_LIST,
  ORIGIN_MASK,
  RESULT_ADDED,
  TABLE_ORIGIN_OFFSET,
  TYPE_DICT,
  TYPE_LIST,
  TYPE_SET,
  TYPE_STR,
} from "../layout";
import { countBirth, uncountBirth } from "../collect/trigger";
import { addKey, addText, setEntry } from "../containers/dict";
import { appendItem, appendOwned, createList } from "../containers/list";
import { createTable } from "../containers/table-buffer";
import { release } from "../death/death";
import { giveBack, lendWords } from "../heap/loan";
import { typeIdOf } from "../object/header";


@unmanaged
export class Load {
  // The first five are read by the host: LOAD_STATUS_OFFSET and those below it.
  status: u32;
  want: u32;
  lines: u32;
  lineStart: u32;
  tokenEnd: u32;
  /** A parsed value that is not a container, if it is the whole text. Owned. */
  atom: u32;
  /** The last parsed name, whose value has not been parsed yet. Owned. */
  name: u32;
  /** Of the parsed string: bytes of its value, and by how many its source is longer. */
  size: u32;
  longer: u32;
  /** Open containers, the innermost last. */
  stack: u32;
  stackCapacity: u32;
  depth: u32;
  /** All containers, in the order of their opening; of a text those that are open. Each is owned. The first is the result. */
  memo: u32;
  memoCapacity: u32;
  memoSize: u32;
  /** For the next value of the innermost dict. Borrowed. */
  key: u32;
  /** RESULT_* of the last entry of a table. */
  result: u32;
}

const FIRST_CAPACITY: u32 = 64;

/** Creates a container, puts it into the innermost one, and opens it. False = out of memory, nothing changed. */
export function open(state: Load, kind: u32, length: u32, origin: u32): bool {
  const stack = withRoom(state.stack, state.depth, state.stackCapacity);
  if (!stack) return false;
  if (stack != state.stack) {
    state.stack = <u32>stack;
    state.stackCapacity = state.stackCapacity ? state.stackCapacity << 1 : FIRST_CAPACITY;
  }
  const memo = withRoom(state.memo, state.memoSize, state.memoCapacity);
  if (!memo) return false;
  if (memo != state.memo) {
    state.memo = <u32>memo;
    state.memoCapacity = state.memoCapacity ? state.memoCapacity << 1 : FIRST_CAPACITY;
  }
  const made = create(kind, length, origin);
  if (!made) return false;
  if (state.depth && !put(state, made)) {
    release(made);
    return false;
  }
  store<u32>(<usize>state.memo + (state.memoSize << 2), <u32>made);
  state.memoSize++;
  store<u32>(<usize>state.stack + (state.depth << 2), <u32>made);
  state.depth++;
  return true;
}

/** An array with room for one more word: the same, or a copy twice as long. 0 = out of memory. */
function withRoom(array: usize, size: u32, capacity: u32): usize {
  if (size < capacity) return array;
  const grown = lendWords(capacity ? capacity << 1 : FIRST_CAPACITY);
  if (!grown || !array) return grown;
  memory.copy(grown, array, size << 2);
  giveBack(array);
  return grown;
}

function create(kind: u32, length: u32, origin: u32): usize {
  countBirth();
  let made: usize;
  if (kind == LOAD_LIST) made = createList(length);
  else {
    made = createTable(kind == LOAD_DICT ? TYPE_DICT : TYPE_SET, length);
    if (made) store<u8>(made + TABLE_ORIGIN_OFFSET, <u8>(origin & ORIGIN_MASK));
  }
  if (!made) uncountBirth();
  return made;
}

/** Puts a value into the innermost container, which counts a reference. False = out of memory, nothing changed. */
export function put(state: Load, value: usize): bool {
  const into = <usize>load<u32>(<usize>state.stack + ((state.depth - 1) << 2));
  const type = typeIdOf(into);
  if (type == TYPE_LIST) return appendItem(into, value);
  state.result = type == TYPE_DICT ? setEntry(into, state.key, value) : addKey(into, value);
  return state.result != 0;
}

/** The same for a value that the caller owns: the container takes over that reference. False = out of memory, nothing changed. */
export function putOwned(state: Load, value: usize): bool {
  const into = <usize>load<u32>(<usize>state.stack + ((state.depth - 1) << 2));
  const type = typeIdOf(into);
  if (type == TYPE_LIST) return appendOwned(into, value);
  if (type == TYPE_DICT && typeIdOf(state.key) == TYPE_STR && addText(into, state.key, value)) {
    state.result = RESULT_ADDED;
    return true;
  }
  const isPut = put(state, value);
  if (isPut) release(value);
  return isPut;
}
