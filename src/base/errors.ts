/**
 * One class per cause, each with a literal `code`, so that callers can `switch` on it. After any of
 * them, but for {@link CorruptHeapError}, the heap is as it was, verifies, and goes on.
 */

export type ErrorCode =
  | "OUT_OF_MEMORY"
  | "RELEASED_HANDLE"
  | "FOREIGN_HANDLE"
  | "UNKNOWN_TYPE"
  | "FOREIGN_TYPE"
  | "DUPLICATE_TYPE"
  | "TOO_MANY_TYPES"
  | "BAD_FIELD"
  | "TYPE_MISMATCH"
  | "BAD_VALUE"
  | "BAD_KEY"
  | "BAD_JSON"
  | "BAD_INDEX"
  | "CONTAINER_CHANGED"
  | "BAD_OPTION"
  | "BAD_CORE"
  | "CORE_NOT_LOADED"
  | "WASM_FORBIDDEN"
  | "DEAD_REFERENCE"
  | "BAD_IMAGE"
  | "CANCELLED"
  | "HEAP_BUSY"
  | "HEAP_DISPOSED"
  | "CORRUPT_HEAP";

/** What every error of this package is an instance of. `docs/errors.md` has the cause and the cure of each. */
export abstract class HeapwrightError extends Error {
  abstract readonly code: ErrorCode;
  /** The name of its class. Made from the code, since minifiers shorten the names of classes. */
  override get name(): string {
    return `${this.code.toLowerCase().replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Error`;
  }
}

/** `maxBytes` is reached, or the engine refused to grow memory, and a full collection did not free enough. */
export class OutOfMemoryError extends HeapwrightError {
  readonly code = "OUT_OF_MEMORY";
}
/** A handle was used after its `release()`, the end of its scope, or the callback it was lent to. */
export class ReleasedHandleError extends HeapwrightError {
  readonly code = "RELEASED_HANDLE";
}
/** A handle was given to a heap other than its own. */
export class ForeignHandleError extends HeapwrightError {
  readonly code = "FOREIGN_HANDLE";
}
/** A type id that this heap does not know: an object is not what an address was taken for. */
export class UnknownTypeError extends HeapwrightError {
  readonly code = "UNKNOWN_TYPE";
}
/** A struct was given to a heap other than its own. */
export class ForeignTypeError extends HeapwrightError {
  readonly code = "FOREIGN_TYPE";
}
/** This heap has a type of that name already. */
export class DuplicateTypeError extends HeapwrightError {
  readonly code = "DUPLICATE_TYPE";
}
/** A heap has 65,520 struct types, the most that it can have: types live as long as their heap. */
export class TooManyTypesError extends HeapwrightError {
  readonly code = "TOO_MANY_TYPES";
}
/** A field that a type does not have, or may not have. */
export class BadFieldError extends HeapwrightError {
  readonly code = "BAD_FIELD";
}
/** A struct is not defined as the one of the same name in the image that the heap was restored from. */
export class TypeMismatchError extends HeapwrightError {
  readonly code = "TYPE_MISMATCH";
}
/** A value of the wrong type, or out of its type's range. */
export class BadValueError extends HeapwrightError {
  readonly code = "BAD_VALUE";
}
/** A key that a dict or set cannot have: unhashable, as in Python, or two keys that Python holds for one. */
export class BadKeyError extends HeapwrightError {
  readonly code = "BAD_KEY";
}
/** A container was changed by what was called in the middle of going through it. */
export class ContainerChangedError extends HeapwrightError {
  readonly code = "CONTAINER_CHANGED";
}
/** A text that is not JSON. Nothing of it is in the heap. */
export class BadJsonError extends HeapwrightError {
  readonly code = "BAD_JSON";
  /** Where the text is wrong: its first line is 1. */
  readonly line: number;
  /** Where in the line, in units of JavaScript's strings: the first is 1. */
  readonly column: number;
  /** What would have been right there, in words: `"," or "]"`. */
  readonly expected: string;
  constructor(expected: string, found: string, line: number, column: number) {
    super(`expected ${expected}, got ${found} (line ${line}, column ${column})`);
    this.line = line;
    this.column = column;
    this.expected = expected;
  }
}
/** An index or slot outside its container. */
export class BadIndexError extends HeapwrightError {
  readonly code = "BAD_INDEX";
}
/** What a weak proxy stood for has died: Python's `ReferenceError`. */
export class DeadReferenceError extends HeapwrightError {
  readonly code = "DEAD_REFERENCE";
}
/** An option, threshold or generation that is none. */
export class BadOptionError extends HeapwrightError {
  readonly code = "BAD_OPTION";
}
/** What was given as the option `module` is no core of this version of heapwright. */
export class BadCoreError extends HeapwrightError {
  readonly code = "BAD_CORE";
}
/** What was given as the option `module` did not arrive: its promise was rejected, or the server had no such file. `cause` has the reason. */
export class CoreNotLoadedError extends HeapwrightError {
  readonly code = "CORE_NOT_LOADED";
}
/** The engine has no WebAssembly, or does not let this page, worker or thread compile it. */
export class WasmForbiddenError extends HeapwrightError {
  readonly code = "WASM_FORBIDDEN";
}
/** The heap cannot do this from inside one of its own finalizers or callbacks. */
export class HeapBusyError extends HeapwrightError {
  readonly code = "HEAP_BUSY";
}
/** The heap has been disposed of. */
export class HeapDisposedError extends HeapwrightError {
  readonly code = "HEAP_DISPOSED";
}
/** Bytes that are no heap image or dump, or a damaged one. */
export class BadImageError extends HeapwrightError {
  readonly code = "BAD_IMAGE";
  /** Where in the file, in bytes from its start, as far as known. */
  readonly offset: number | undefined;
  constructor(message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`);
    this.offset = offset;
  }
}
/** Work was ended by its `AbortSignal`; `cause` has the reason. */
export class CancelledError extends HeapwrightError {
  readonly code = "CANCELLED";
}
/** An invariant is broken, or the core trapped in the middle of a change: the heap can no longer be used. `cause` has the trap. */
export class CorruptHeapError extends HeapwrightError {
  readonly code = "CORRUPT_HEAP";
}

/** Whether an error is the engine's for a stack that is full: V8 and JavaScriptCore throw the first, SpiderMonkey the second. */
export function isStackOverflow(error: unknown): boolean {
  try {
    if (!(error instanceof Error)) return false;
    const { name, message } = error;
    if (name === "RangeError") return message.startsWith("Maximum call stack size exceeded");
    // Newer V8s, of a regular expression that they had no room to compile.
    if (name === "SyntaxError") return message.endsWith(": Stack overflow");
    return name === "InternalError" && message === "too much recursion";
  } catch {
    // Nothing of the engine's throws when it is looked at.
    return false;
  }
}

/** What something that was thrown says of itself. */
export function messageOf(error: unknown): string {
  try {
    if (error instanceof Error && typeof error.message === "string") return error.message;
  } catch {
    // Then it is described as any value is.
  }
  return describe(error);
}

/** A value in a few words, for messages. Never throws: a message about a value must not fail for what is wrong with it. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  try {
    const constructor: unknown = Reflect.get(value, "constructor");
    const name: unknown = typeof constructor === "function" ? constructor.name : undefined;
    return typeof name === "string" && name !== "" ? `a value of ${name}` : "an object";
  } catch {
    return "an object that cannot be read";
  }
}
