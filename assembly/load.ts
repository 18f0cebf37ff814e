// Loading: a stream of operations that builds containers and their contents, so that the host copies a value in with
// one call for thousands of objects. The host writes the stream into a loan, in pieces.
//
// A container is opened by its operation, filled by those that follow, and closed by LOAD_END. The stack of open
// containers, and the memo of all containers, which later operations refer to by number, lie in loans of their own: the
// host may run user code between two pieces, which may begin another load. The load holds all containers until its end,
// so that such code cannot free them. (Of a text it holds those that are open: see parse.ts.)

import {
  LOAD_DICT,
  LOAD_END,
  LOAD_FALSE,
  LOAD_FLOAT,
  LOAD_INT,
  LOAD_KEY,
  LOAD_LIST,
  LOAD_LONG,
  LOAD_NONE,
  LOAD_OBJECT,
  LOAD_REF,
  LOAD_SET,
  LOAD_STR,
  LOAD_TRUE,
  ROOM_FOR_DOORS,
  STR_BYTES_OFFSET,
  TYPE_LIST,
  TYPE_STR,
} from "./layout";
import { needMoreRoom, needRoom } from "./room";
import { CHECK } from "./check";
import { control } from "./control";
import { createFloat, createInt, createText } from "./values/atoms";
import { release } from "./death/death";
import { clearItems } from "./containers/list";
import { giveBack, lend } from "./heap/loan";
import { Load, open, putOwned } from "./loading/state";
import { incref } from "./heap/count";
import { clearTable } from "./containers/dict";
import { typeIdOf } from "./object/header";
import { checkAlive, checkLoan, refuseUnless } from "./doors/checks";

/** An empty load; 0 = out of memory. Asks for more room than `endLoad`, so that a load can always be ended. */
export function startLoad(): usize {
  needMoreRoom(ROOM_FOR_DOORS);
  const address = lend(offsetof<Load>());
  if (address) memory.fill(address, 0, offsetof<Load>());
  return address;
}

export function loadResult(address: usize): u32 {
  checkLoad(address);
  return changetype<Load>(address).result;
}

/**
 * Runs the operations in `[at, end)`. Returns `end`, or the address of the first that ran out of memory and changed
 * nothing.
 */
export function runLoad(address: usize, at: usize, end: usize): usize {
  checkLoad(address);
  needRoom();
  const state = changetype<Load>(address);
  while (at < end) {
    if (CHECK) checkOperation(state, at);
    const word = load<u32>(at);
    const operand = word >>> 8;
    let length: u32 = 4;
    let value: usize = 0;
    switch (word & 0xff) {
      case LOAD_END:
        state.depth--;
        at += 4;
        continue;
      case LOAD_KEY:
        state.key = load<u32>(at, 4);
        at += 8;
        continue;
      case LOAD_LIST:
      case LOAD_DICT:
      case LOAD_SET:
        if (!open(state, word & 0xff, load<u32>(at, 4), operand)) return at;
        at += 8;
        continue;
      case LOAD_NONE:
        value = control.none;
        break;
      case LOAD_FALSE:
        value = control.falseObject;
        break;
      case LOAD_TRUE:
        value = control.trueObject;
        break;
      case LOAD_INT:
        value = createInt(<i64>(<i32>load<u32>(at, 4)));
        length = 8;
        break;
      case LOAD_LONG:
        value = createInt(((<i64>load<u32>(at, 8)) << 32) | load<u32>(at, 4));
        length = 12;
        break;
      case LOAD_FLOAT:
        value = createFloat(load<f64>(at, 4));
        length = 12;
        break;
      case LOAD_STR:
        value = createText(TYPE_STR, operand);
        if (value) memory.copy(value + STR_BYTES_OFFSET, at + 4, operand);
        length = 4 + ((operand + 3) & ~3);
        break;
      case LOAD_REF:
        value = load<u32>(<usize>state.memo + (operand << 2));
        if (!incref(value)) return at;
        break;
      case LOAD_OBJECT:
        value = load<u32>(at, 4);
        length = 8;
        if (!putOwned(state, value)) return at;
        at += length;
        continue;
    }
    if (!value) return at;
    if (!putOwned(state, value)) {
      release(value);
      return at;
    }
    at += length;
  }
  return end;
}

/**
 * Ends a load. Returns the result, owned, if it succeeded; else clears all containers, since they may hold each other.
 */
export function endLoad(address: usize, isSuccess: u32): usize {
  checkLoad(address);
  needRoom();
  const state = changetype<Load>(address);
  const memo = state.memo;
  const size = state.memoSize;
  let result: usize = state.atom;
  if (isSuccess) result = result ? result : load<u32>(memo);
  else if (result) {
    release(result);
    result = 0;
  }
  if (state.name) release(state.name);
  if (!isSuccess) for (let i: u32 = 0; i < size; i++) clear(load<u32>(memo + (i << 2)));
  for (let i: u32 = isSuccess ? 1 : 0; i < size; i++) release(load<u32>(memo + (i << 2)));
  if (state.stack) giveBack(state.stack);
  if (memo) giveBack(memo);
  giveBack(address);
  return result;
}

function checkLoad(address: usize): void {
  checkLoan(address, offsetof<Load>(), 0);
}

/** Rejects an invalid operation. The heap is consistent between two operations. */
function checkOperation(state: Load, at: usize): void {
  const operation = load<u32>(at) & 0xff;
  const isMade = operation != LOAD_REF || load<u32>(at) >>> 8 < state.memoSize;
  refuseUnless(operation <= <u32>LOAD_OBJECT && isMade, "no such operation of a load");
  const isOpening = operation == LOAD_LIST || operation == LOAD_DICT || operation == LOAD_SET;
  refuseUnless(
    state.depth != 0 || (isOpening && !state.memoSize) || operation == LOAD_KEY,
    "a load has one container that holds all else",
  );
  if (operation == LOAD_KEY || operation == LOAD_OBJECT) checkAlive(load<u32>(at, 4));
}

function clear(container: usize): void {
  if (typeIdOf(container) == TYPE_LIST) clearItems(container);
  else clearTable(container);
}
