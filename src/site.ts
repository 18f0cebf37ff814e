/**
 * Where user code called: so many frames of the stack below this package's own, the innermost first. It is formatted at
 * once, since an Error that waits holds on to what its frames worked on, a handle perhaps.
 */
export function siteHere(frames: number): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEPEST_CALL + frames;
  const [, ...stack] = new Error("made here").stack?.split("\n") ?? [];
  Error.stackTraceLimit = stackTraceLimit;
  const start = OWN_FOLDER === undefined ? lastOwn(stack) + 1 : firstForeign(stack);
  return stack
    .slice(start)
    .filter((frame) => !isOwnFrame(frame) && !CORE_FRAME.test(frame))
    .slice(0, frames)
    .join("\n");
}

/** Frames from here up to the public method, at most. */
const DEEPEST_CALL = 16;

/** The folder of this package; in a bundle, where it is one file with the user's code, frames are told by name. */
const OWN_FOLDER = /^(?:file:\/\/)?(.*\/)site\.[jt]s$/.exec(import.meta.url)?.[1];
/** Classes of this package, and what the engine puts between a loop and its generator. */
const OWN_NAME =
  /at (?:new |get |async )?(?:siteHere|LeakNet|\w*Handle|Store|StructLayout|StructType|Heap|BatchFace|WeakrefFace|GcFace|CopyIn|Recorder|Object\.wrap)\b|at \S+\.next \(<anonymous>\)/;
const CORE_FRAME = /\bwasm:\/\//;
/** Functions of the engine: whose they are, those they call tell. */
const ENGINE_FRAME = /\(<anonymous>\)$/;

function isOwnFrame(frame: string): boolean {
  return (OWN_FOLDER !== undefined && frame.includes(OWN_FOLDER)) || OWN_NAME.test(frame);
}

/** The first frame that is the user's: perhaps that of a finalizer, which this package and the core have called. */
function firstForeign(stack: readonly string[]): number {
  let start = 0;
  for (const [index, frame] of stack.entries()) {
    if (isOwnFrame(frame)) start = index + 1;
    else if (!ENGINE_FRAME.test(frame)) break;
  }
  return start;
}

/** Where not all own frames can be told, all up to the outermost that can count as such. */
function lastOwn(stack: readonly string[]): number {
  return stack.slice(0, DEEPEST_CALL).findLastIndex(isOwnFrame);
}
