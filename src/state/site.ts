import { placeIn } from "../base/frame.js";
import { innermostEntrance, throughMarks } from "../base/entered.js";

/** Formatted sites by the places of their frames, so that each is formatted once. */
const known = new Map<string, string>();
const MOST_KNOWN = 1 << 16;
/** Maximal number of frames of this package above or among the program's, where the engine cannot cut them off. */
const MOST_ABOVE = 24;
const MOST_AMONG = 8;

/** A frame before it is formatted. V8 provides all members, other engines some. */
interface CallSite {
  getFileName?(): string | null;
  getPosition?(): number;
  getLineNumber?(): number | null;
  getColumnNumber?(): number | null;
}
type Prepare = (error: unknown, sites: CallSite[]) => unknown;
/** Functions of engines that capture stacks. Each is used if it exists and works as expected. */
interface StackErrors {
  stackTraceLimit?: unknown;
  prepareStackTrace?: Prepare | undefined;
  captureStackTrace?: (holder: object, above?: unknown) => void;
}
const errors = Error as unknown as StackErrors;

/**
 * The place in the program's code: up to `frames` frames below this package's own, the innermost first. It is formatted at
 * once, because an Error keeps the objects of its frames alive, perhaps a handle.
 */
export function siteHere(frames: number): string {
  const { stackTraceLimit } = errors;
  Reflect.set(errors, "stackTraceLimit", frames + MOST_AMONG + (cutsStacks() ? 0 : MOST_ABOVE));
  try {
    const key = whereabouts();
    if (key === undefined) return formatted(frames);
    const numbered = `${frames}${key}`;
    let site = known.get(numbered);
    if (site === undefined) {
      site = formatted(frames);
      if (known.size === MOST_KNOWN) known.clear();
      known.set(numbered, site);
    }
    return site;
  } finally {
    Reflect.set(errors, "stackTraceLimit", stackTraceLimit);
  }
}

/** A text that differs for each stack; `undefined` if the engine has none. Formatting a stack takes twenty times as long. */
function whereabouts(): string | undefined {
  const sites = captured((_, callSites) => callSites, cutsStacks() ? innermostEntrance() : undefined);
  if (!Array.isArray(sites)) return undefined;
  let key = "";
  for (const site of sites as CallSite[]) {
    const place = placeOf(site);
    if (place === undefined) return undefined;
    key += place;
  }
  return key;
}

const files = new Map<unknown, number>();

function placeOf(site: CallSite): string | undefined {
  const name = site.getFileName?.();
  let file = files.get(name);
  if (file === undefined) files.set(name, (file = files.size));
  if (typeof site.getPosition === "function") return ` ${file}:${site.getPosition()}`;
  const line = site.getLineNumber?.();
  const column = site.getColumnNumber?.();
  return line === undefined || column === undefined ? undefined : ` ${file}:${line}:${column}`;
}

/** The unformatted stack, below a function if one is given; `undefined` if the engine cannot capture it. */
function captured(prepare: Prepare | undefined, below: unknown): unknown {
  const { captureStackTrace } = errors;
  if (typeof captureStackTrace !== "function") return undefined;
  return preparedBy(prepare, () => {
    const holder: { stack?: unknown } = {};
    captureStackTrace(holder, below);
    return holder.stack;
  });
}

function preparedBy<T>(prepare: Prepare | undefined, run: () => T): T {
  const { prepareStackTrace } = errors;
  if (prepare === prepareStackTrace) return run();
  Reflect.set(errors, "prepareStackTrace", prepare);
  try {
    return run();
  } finally {
    if (prepareStackTrace === undefined) Reflect.deleteProperty(errors, "prepareStackTrace");
    else Reflect.set(errors, "prepareStackTrace", prepareStackTrace);
  }
}

/** The program's frames, formatted by the engine. A formatter set by the program may return something other than a string. */
function formatted(frames: number): string {
  const { prepareStackTrace } = errors;
  return written(frames, prepareStackTrace) ?? written(frames, undefined) ?? "";
}

/** @returns `undefined` if the result is not a string. */
function written(frames: number, prepare: Prepare | undefined): string | undefined {
  // The marks are formatted now, because the format depends on source maps, which can be switched on at any time.
  const [entered, left] = preparedBy(prepare, () => throughMarks(() => new Error("here").stack as unknown));
  const below = cutsStacks() ? innermostEntrance() : undefined;
  const stack =
    below === undefined ? preparedBy(prepare, () => new Error("here").stack as unknown) : captured(prepare, below);
  if (typeof entered !== "string" || typeof left !== "string" || typeof stack !== "string") return undefined;
  // A mark is directly below the frame that captured the stack.
  const [, entrance] = framesIn(entered).map(placeIn);
  const [, exit] = framesIn(left).map(placeIn);
  // A stack that was cut begins with the program's frames, even if marks follow.
  let isOwn = innermostEntrance() !== below;
  const found: string[] = [];
  for (const frame of framesIn(stack)) {
    const place = placeIn(frame);
    if (place === entrance) isOwn = false;
    else if (place === exit) isOwn = true;
    else if (!isOwn && place !== undefined && found.length < frames) found.push(frame);
  }
  return found.join("\n");
}

let cuts: boolean | undefined;

/** Whether `captureStackTrace` omits the given function and all above it. (Bun compares names instead of functions.) */
function cutsStacks(): boolean {
  if (cuts !== undefined) return cuts;
  const asks = (): boolean => {
    const [, mark] = framesIn(new Error("here").stack ?? "").map(placeIn);
    const stack = captured(undefined, innermostEntrance());
    // It would be among the first frames. Further down there may be other marks.
    return typeof stack === "string" && !framesIn(stack).slice(0, 5).map(placeIn).includes(mark);
  };
  return (cuts = preparedBy(undefined, () => throughMarks(asks)[0]));
}

/** The lines of a stack that are frames. Some engines put the error first. */
function framesIn(stack: string): string[] {
  const lines = stack.split("\n");
  const frames = lines.filter((line) => /^\s*at /.test(line));
  return frames.length > 0 ? frames : lines.filter((line) => /@|:\d+:\d+$/.test(line));
}
