import { readOptions } from "../base/arguments.js";
import { BadOptionError, BadValueError, describe } from "../base/errors.js";
import { eachPart } from "../base/parts.js";
import type { PartSource } from "../base/parts.js";
import type { Signal } from "../base/platform.js";
import { checkSignal } from "../base/signal.js";
import { isBytes } from "../base/untrusted.js";
import type { Store } from "../state/store.js";
import type { Address } from "../wasm/exports.js";
import { JsonParser } from "./json-parser.js";

/** How JSON text becomes values of a heap. */
export interface ParseOptions {
  /**
   * Whether whole numbers beyond 2^53 stay exact: those written without a fraction and an exponent become ints, up to 64
   * bits. `toJS` gives bigints for them. @default false: they become floats, rounded as JSON.parse rounds them
   */
  bigints?: boolean;
}

/** The same for text that comes in pieces. */
export interface ParseStreamOptions extends ParseOptions {
  /** Ends the work: the promise is rejected with the signal's reason, and nothing of the copy is left. */
  signal?: Signal;
}

/** Text in pieces, as strings or as bytes of UTF-8, cut anywhere. */
export type TextSource = PartSource<string | Uint8Array>;

const PARSE_OPTIONS: Record<keyof ParseOptions, true> = { bigints: true };
const STREAM_OPTIONS: Record<keyof ParseStreamOptions, true> = { ...PARSE_OPTIONS, signal: true };

/** Parses a JSON text. Returns the value, owned: see `Heap.parse`. */
export function parseText(store: Store, text: unknown, given: ParseOptions): Address {
  const { bigints } = checked(readOptions(given, PARSE_OPTIONS));
  if (!isText(text)) throw new BadValueError(`expected a string or a Uint8Array with JSON, got ${describe(text)}`);
  const parser = new JsonParser(store, bigints);
  try {
    parser.feed(text);
    return parser.end();
  } finally {
    parser.close();
  }
}

/** Parses a JSON text that arrives in pieces: see `Heap.parseStream`. */
export async function parseParts(store: Store, source: TextSource, given: ParseStreamOptions): Promise<Address> {
  const { bigints, signal } = checked(readOptions(given, STREAM_OPTIONS));
  if (typeof source === "string" || ArrayBuffer.isView(source))
    throw new BadValueError(`expected pieces of a text, got ${describe(source)}: parse() takes all of it`);
  store.mustLive();
  const parser = new JsonParser(store, bigints);
  try {
    const feed = (piece: unknown): void => {
      if (!isText(piece)) throw new BadValueError(`expected strings or Uint8Arrays, got ${describe(piece)}`);
      parser.feed(piece);
    };
    await eachPart(source, "pieces of a text", feed, signal);
    return parser.end();
  } finally {
    parser.close();
  }
}

function isText(value: unknown): value is string | Uint8Array {
  return typeof value === "string" || isBytes(value);
}

function checked(options: ParseStreamOptions): ParseStreamOptions {
  const { bigints, signal } = options;
  if (bigints !== undefined && typeof bigints !== "boolean")
    throw new BadOptionError(`bigints is true or false, not ${describe(bigints)}`);
  checkSignal(signal);
  return options;
}
