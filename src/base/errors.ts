import { pinned } from "./pins.js";

/**
 * One error class per cause. Each has a literal `code`, so callers can `switch` on it. The heap stays usable after every
 * error except {@link CorruptHeapError}.
 */
export type ErrorCode =
  | "OUT_OF_MEMORY"
  | "TOO_LARGE"
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
  | "HEAP_BUSY"
  | "HEAP_DISPOSED"
  | "CORRUPT_HEAP";

/** The base class of all errors of this package. `docs/errors.md` gives the cause and cure of each. */
export abstract class HeapwrightError extends Error {
  /**
   * Names the cause. Unlike the class, it survives a bundle with two copies of the package and a message between
   * workers.
   */
  abstract readonly code: ErrorCode;
  /** The name of the class, derived from the code because minifiers rename classes. */
  override get name(): string {
    return `${this.code.toLowerCase().replace(/(?:^|_)(.)/g, (_, letter: string) => letter.toUpperCase())}Error`;
  }
}

/** The heap reached `maxBytes`, or the engine refused to grow memory, and a full collection did not free enough. */
export class OutOfMemoryError extends HeapwrightError {
  readonly code = "OUT_OF_MEMORY";
}
/** A value of the heap is more than JavaScript can hold in one text, array, `Map` or `Set`. */
export class TooLargeError extends HeapwrightError {
  /** For `switch`. */
  readonly code = "TOO_LARGE";
}
/** A handle was used after its `release()`, after the end of its scope, or after the callback it was lent to. */
export class ReleasedHandleError extends HeapwrightError {
  readonly code = "RELEASED_HANDLE";
}
/** A handle was given to a heap other than its own. */
export class ForeignHandleError extends HeapwrightError {
  readonly code = "FOREIGN_HANDLE";
}
/** A type id is unknown to this heap: the address is not that of an object of the expected type. */
export class UnknownTypeError extends HeapwrightError {
  readonly code = "UNKNOWN_TYPE";
}
/** A struct was given to a heap other than its own. */
export class ForeignTypeError extends HeapwrightError {
  readonly code = "FOREIGN_TYPE";
}
/** The heap already has a type of this name. */
export class DuplicateTypeError extends HeapwrightError {
  readonly code = "DUPLICATE_TYPE";
}
/** The heap has 65,520 struct types, the maximum. Types live as long as their heap. */
export class TooManyTypesError extends HeapwrightError {
  readonly code = "TOO_MANY_TYPES";
}
/** A type does not have this field, or is not allowed to have it. */
export class BadFieldError extends HeapwrightError {
  readonly code = "BAD_FIELD";
}
/** A struct's definition differs from the struct of the same name in the restored image. */
export class TypeMismatchError extends HeapwrightError {
  readonly code = "TYPE_MISMATCH";
}
/** A value of the wrong type, or out of its type's range. */
export class BadValueError extends HeapwrightError {
  readonly code = "BAD_VALUE";
}
/** A dict or set cannot have this key: it is unhashable, as in Python, or equal to another key by Python's rules. */
export class BadKeyError extends HeapwrightError {
  readonly code = "BAD_KEY";
}
/** A container was changed while it was iterated, copied or sorted. */
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
/** An index or slot is out of range. */
export class BadIndexError extends HeapwrightError {
  readonly code = "BAD_INDEX";
}
/** The object of a weak proxy has been freed: Python's `ReferenceError`. */
export class DeadReferenceError extends HeapwrightError {
  readonly code = "DEAD_REFERENCE";
}
/** An option, threshold or generation is unknown or out of range. */
export class BadOptionError extends HeapwrightError {
  readonly code = "BAD_OPTION";
}
/** The option `module` is not a core of this version of heapwright. */
export class BadCoreError extends HeapwrightError {
  readonly code = "BAD_CORE";
}
/** The option `module` could not be loaded: its promise was rejected, or the server has no such file. `cause` has the reason. */
export class CoreNotLoadedError extends HeapwrightError {
  readonly code = "CORE_NOT_LOADED";
}
/** The engine has no WebAssembly, or forbids this page, worker or thread to compile it. */
export class WasmForbiddenError extends HeapwrightError {
  readonly code = "WASM_FORBIDDEN";
}
/** The operation is not allowed inside a finalizer or callback of the same heap. */
export class HeapBusyError extends HeapwrightError {
  readonly code = "HEAP_BUSY";
}
/** The heap has been disposed of. */
export class HeapDisposedError extends HeapwrightError {
  readonly code = "HEAP_DISPOSED";
}
/** The bytes are not a heap image or dump, or are damaged. */
export class BadImageError extends HeapwrightError {
  readonly code = "BAD_IMAGE";
  /** Byte offset of the error in the file, if known. */
  readonly offset: number | undefined;
  constructor(message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`);
    this.offset = offset;
  }
}
/** An invariant is broken, or the core trapped during a change. The heap can no longer be used. `cause` has the trap. */
export class CorruptHeapError extends HeapwrightError {
  readonly code = "CORRUPT_HEAP";
}

/** Whether an error is a stack overflow. V8 and JavaScriptCore throw the first kind, SpiderMonkey the second. */
export function isStackOverflow(error: unknown): boolean {
  try {
    if (!(error instanceof Error)) return false;
    const { name, message } = error;
    if (name === "RangeError") return message.startsWith("Maximum call stack size exceeded");
    // Newer versions of V8, if the stack has no room to compile a regular expression.
    if (name === "SyntaxError") return message.endsWith(": Stack overflow");
    return name === "InternalError" && message === "too much recursion";
  } catch {
    // Errors of the engine do not throw here.
    return false;
  }
}

/** The message of a thrown value. */
export function messageOf(error: unknown): string {
  try {
    if (error instanceof Error && typeof error.message === "string") return error.message;
  } catch {
    // Continue: `describe` handles every value.
  }
  return describe(error);
}

/** Describes a value in a few words, for messages. It never throws, whatever the value is. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  try {
    const name: unknown = pinned(() => {
      const constructor: unknown = Reflect.get(value, "constructor");
      return typeof constructor === "function" ? constructor.name : undefined;
    });
    return typeof name === "string" && name !== "" ? `a value of ${name}` : "an object";
  } catch {
    return "an object that cannot be read";
  }
}
