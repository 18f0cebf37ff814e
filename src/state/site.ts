/** Sites by where their frames are, so that each is formatted once. */
const known = new Map<string, string>();
const MOST_KNOWN = 1 << 16;

/**
 * Where user code called: so many frames of the stack below this package's own, the innermost first. It is a text at
 * once, since an Error that waits holds on to what its frames worked on, a handle perhaps.
 */
export function siteHere(frames: number): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEPEST_CALL + frames;
  try {
    const key = whereabouts(frames);
    if (key === undefined) return formatted(frames);
    let site = known.get(key);
    if (site === undefined) {
      site = formatted(frames);
      if (known.size === MOST_KNOWN) known.clear();
      known.set(key, site);
    }
    return site;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** To format a stack takes twenty times as long as to ask where it is. */
function formatted(frames: number): string {
  const [, ...stack] = new Error("made here").stack?.split("\n") ?? [];
  const [, folder] = OWN_FILE.exec(stack[0] ?? "") ?? [];
  const isOwn = (frame: string): boolean => (folder !== undefined && frame.includes(folder)) || OWN_NAME.test(frame);
  const start = folder === undefined ? lastOwn(stack, isOwn) + 1 : firstForeign(stack, isOwn);
  return stack
    .slice(start)
    .filter((frame) => !isOwn(frame) && !CORE_FRAME.test(frame))
    .slice(0, frames)
    .join("\n");
}

/** What V8 has of a frame before it formats it. */
interface CallSite {
  getFileName(): string | null;
  getPosition(): number;
}
interface StackErrors {
  prepareStackTrace?: (error: unknown, sites: CallSite[]) => unknown;
  captureStackTrace?: (holder: object) => void;
}
const files = new Map<string | null, number>();

/** A text that is different for each stack; `undefined` where the engine has none. */
function whereabouts(frames: number): string | undefined {
  const errors = Error as unknown as StackErrors;
  if (errors.captureStackTrace === undefined) return undefined;
  const holder: { stack?: unknown } = {};
  const { prepareStackTrace } = errors;
  errors.prepareStackTrace = (_, sites) => sites;
  let sites: unknown;
  try {
    errors.captureStackTrace(holder);
    sites = holder.stack;
  } finally {
    if (prepareStackTrace === undefined) delete errors.prepareStackTrace;
    else errors.prepareStackTrace = prepareStackTrace;
  }
  if (!Array.isArray(sites)) return undefined;
  let key = `${frames}`;
  for (const site of sites as CallSite[]) {
    const name = site.getFileName();
    let file = files.get(name);
    if (file === undefined) files.set(name, (file = files.size));
    key += ` ${file}:${site.getPosition()}`;
  }
  return key;
}

/** Frames from here up to the public method, at most. */
const DEEPEST_CALL = 16;

/**
 * The folder of this package as stacks have it, which a source map names differently from `import.meta.url`. In a bundle,
 * where the package is one file with the user's code, frames are recognized by name.
 */
const OWN_FILE = /(?:\(|at |@)(?:file:\/\/)?([^()@]*[/\\])state[/\\]site\.[jt]s:\d+:\d+\)?$/;
/** Classes of this package, and what the engine puts between a loop and its generator. */
const OWN_NAME =
  /at (?:new |get |async )?(?:siteHere|LeakNet|\w*Handle|Store|StructLayout|StructType|Heap|Batch|Weakrefs|Gc|CopyIn|Recorder|Object\.wrap)\b|at \S+\.next \(<anonymous>\)/;
const CORE_FRAME = /\bwasm:\/\//;
/** Frames of the engine's functions. They count as this package's if the frames above them do. */
const ENGINE_FRAME = /\(<anonymous>\)$/;

/** The first frame that is the user's: perhaps that of a finalizer, which this package and the core have called. */
function firstForeign(stack: readonly string[], isOwn: (frame: string) => boolean): number {
  let start = 0;
  for (const [index, frame] of stack.entries()) {
    if (isOwn(frame)) start = index + 1;
    else if (!ENGINE_FRAME.test(frame)) break;
  }
  return start;
}

/** Where not all frames of this package are recognized: all frames up to the outermost one that is. */
function lastOwn(stack: readonly string[], isOwn: (frame: string) => boolean): number {
  return stack.slice(0, DEEPEST_CALL).findLastIndex(isOwn);
}
