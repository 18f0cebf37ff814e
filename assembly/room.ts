// Room on the host's stack.
//
// An engine that finds no room for a function's frame throws at the function's entry ("Maximum call stack size
// exceeded"). WebAssembly cannot catch that, nor see how much stack is left. Thrown in the middle of a change, it would
// leave the heap half changed. So whatever changes the heap asks for room first, while nothing has changed: it calls a
// function whose frame is as large as all that the change needs, and which returns at once. The engine compares the
// whole frame with the end of the stack, so that takes 1.7 ns, however large the frame.
//
// Below a door the core needs at most 1.3 KiB, its calls of the host's imports included (measured in V8, in both of its
// compilers). Nothing in the core recurses: deaths, marking and hashing keep stacks of their own in linear memory.
//
// Room is asked for at the door alone. Asked for again further down, it could be refused in the middle of the change.

/** More frames than anyone asks for. */
const NEVER: u32 = 1 << 16;

/** Returns if the stack has 4 KiB of room: what a change needs. Else the engine throws, out of whatever called. */
export function needRoom(): void {
  frame(0);
}

/** The same for so many times 4 KiB. */
export function needMoreRoom(frames: u32): void {
  frame(frames - 1);
}

/** The large frame. What makes it large is in a branch that never runs. */
function frame(more: u32): u64 {
  if (more < NEVER) return more ? frame(more - 1) + 1 : 0;
  return pile<u8[][][][][][][][][][][][][][][][]>();
}

/**
 * For each `[]` of the type 31 values of 8 bytes that wait on the operand stack while the next is computed, by a call
 * that no compiler sees through: 496 in all. (The compiler repeats the function for the type without its last `[]`.)
 */
@inline
function pile<T>(): u64 {
  if (!isArray<T>()) return 0;
  // prettier-ignore
  return v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(
         v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+(v()+
         pile<valueof<T>>()))))))))))))))))))))))))))))));
}

function v(): u64 {
  return frame(0);
}
