// Room on the host's stack.
//
// An engine that finds no room for a function's frame throws at the function's entry ("Maximum call stack size
// exceeded"). WebAssembly can neither catch that nor see how much stack is left. If it were thrown in the middle of a
// change, the heap would stay half changed. So a door asks for room first, while nothing has changed: it calls a
// function that returns at once, and whose frame is as large as all frames that the change needs. The engine compares
// the whole frame with the end of the stack. That takes as long for a large frame as for a small one.
//
// Below a door the core needs at most 1.3 KiB, calls of imports included (measured in V8, in both of its compilers).
// Nothing in the core recurses: deaths, marking and hashing keep their stacks in linear memory.
//
// Only doors ask. A function further down that asked again could be refused in the middle of the change.

/** More frames than any caller asks for. */
const NEVER: u32 = 1 << 16;

/**
 * Returns if the stack has 4 KiB of room, which is what a change needs. Otherwise the engine throws through the caller.
 */
export function needRoom(): void {
  frame(0);
}

/** The same for `frames` times 4 KiB. */
export function needMoreRoom(frames: u32): void {
  frame(frames - 1);
}

/** The function with the large frame. The code that makes it large is in a branch that never runs. */
function frame(more: u32): u64 {
  if (more < NEVER) return more ? frame(more - 1) + 1 : 0;
  return pile<u8[][][][][][][][][][][][][][][][]>();
}

/**
 * Makes 496 values of 8 bytes wait on the operand stack while the next one is computed: 31 for each `[]` of the type.
 * They come from calls, so no compiler can compute them in advance. (AssemblyScript compiles the function once more for
 * the type without its last `[]`.)
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
