import { placeIn } from "../base/frame.js";
import { innermostEntrance, throughMarks } from "../base/entered.js";

/** Sites by where their frames are, so that each is formatted once. */
const known = new Map<string, string>();
const MOST_KNOWN = 1 << 16;
/** Frames of this package above the program's, at most, where the engine does not cut them off; and among those of the program's. */
const MOST_ABOVE = 24;
const MOST_AMONG = 8;

/** What an engine may have of a frame before it formats it: V8 has all, others some. */
interface CallSite {
  getFileName?(): string | null;
  getPosition?(): number;
  getLineNumber?(): number | null;
  getColumnNumber?(): number | null;
}
type Prepare = (error: unknown, sites: CallSite[]) => unknown;
/** What engines have that make stacks to order. Each is used where it is there, and does what it should. */
interface StackErrors {
  stackTraceLimit?: unknown;
  prepareStackTrace?: Prepare | undefined;
  captureStackTrace?: (holder: object, above?: unknown) => void;
}
const errors = Error as unknown as StackErrors;

/**
 * Where user code called: so many frames of the stack below this package's own, the innermost first. It is a text at
 * once, since an Error that waits holds on to what its frames worked on, a handle perhaps.
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

/** A text that is different for each stack; `undefined` where the engine has none. To format a stack takes twenty times as long. */
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

/** The stack, from below a function on if one is given; `undefined` where the engine makes none to order. */
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

/** The frames of the program, as the engine writes them. What a program has set to write them may write no text. */
function formatted(frames: number): string {
  const { prepareStackTrace } = errors;
  return written(frames, prepareStackTrace) ?? written(frames, undefined) ?? "";
}

/** @returns `undefined` if it came to no text. */
function written(frames: number, prepare: Prepare | undefined): string | undefined {
  // As the engine writes the marks now: it depends on source maps, which may be switched on at any time.
  const [entered, left] = preparedBy(prepare, () => throughMarks(() => new Error("here").stack as unknown));
  const below = cutsStacks() ? innermostEntrance() : undefined;
  const stack =
    below === undefined ? preparedBy(prepare, () => new Error("here").stack as unknown) : captured(prepare, below);
  if (typeof entered !== "string" || typeof left !== "string" || typeof stack !== "string") return undefined;
  // A mark is right below the frame that asked.
  const [, entrance] = framesIn(entered).map(placeIn);
  const [, exit] = framesIn(left).map(placeIn);
  // A stack that was cut begins with the program's frames, whatever marks are further down.
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

/** Whether `captureStackTrace` leaves out the function that it is given, and all above. (Bun goes by the name, not by the function.) */
function cutsStacks(): boolean {
  if (cuts !== undefined) return cuts;
  const asks = (): boolean => {
    const [, mark] = framesIn(new Error("here").stack ?? "").map(placeIn);
    const stack = captured(undefined, innermostEntrance());
    // It would be among the first: further down there may be other marks.
    return typeof stack === "string" && !framesIn(stack).slice(0, 5).map(placeIn).includes(mark);
  };
  return (cuts = preparedBy(undefined, () => throughMarks(asks)[0]));
}

/** Of what an engine writes the lines that have frames. Some have the error above them. */
function framesIn(stack: string): string[] {
  const lines = stack.split("\n");
  const frames = lines.filter((line) => /^\s*at /.test(line));
  return frames.length > 0 ? frames : lines.filter((line) => /@|:\d+:\d+$/.test(line));
}
