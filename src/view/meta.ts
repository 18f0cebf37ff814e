import { PAYLOAD_OFFSET } from "../../assembly/layout.js";
import { BadImageError } from "../base/errors.js";
import type { Pages } from "./pages.js";
import { rawReaderOf } from "./raw.js";
import type { RawReader } from "./raw.js";

/** A field of a struct. */
export interface Field {
  readonly name: string;
  /** As `FieldSpec.text`. */
  readonly type: string;
  /** Bytes from the object's address. */
  readonly offset: number;
  /** Reads a field that is no reference. */
  readonly raw: RawReader | undefined;
}

/** A struct of an image. */
export interface Struct {
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
}

/** The names in an image. */
export interface Names {
  readonly structs: readonly Struct[];
  readonly roots: ReadonlyMap<string, number>;
}

/** META, as far as views read it, if it is what it should be. */
interface Meta {
  readonly types: readonly {
    name: unknown;
    fields: readonly (readonly [name: unknown, type: unknown, offset: unknown])[];
  }[];
  readonly roots: readonly (readonly [name: unknown, address: unknown])[];
}

/** What stands in front of the sites, which may take megabytes and are not needed. No text of JSON contains these quotes. */
const SITES = ',"sites":[';

/** Reads the structs and roots of an image. @throws {@link BadImageError} */
export function readNames({ meta }: Pages): Names {
  try {
    const end = sitesIn(meta);
    // A copy: browsers do not decode shared memory, and another thread cannot change it.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(meta.slice(0, end));
    const { types, roots } = JSON.parse(end < meta.length ? `${text}}` : text) as Meta;
    const structs = types.map(({ name, fields }): Struct => {
      const placed = fields.map(([field, type, offset]) => fieldOf(textOf(field), textOf(type), offset));
      return { name: textOf(name), fields: new Map(placed.map((field) => [field.name, field])) };
    });
    return { structs, roots: new Map(roots.map(([name, at]) => [textOf(name), wholeOf(at)])) };
  } catch {
    // Whatever it lacks: it is not JSON, or has not the members that are read here.
    throw new BadImageError("section META cannot be read");
  }
}

/** Where the sites begin; the end of META if they do not. */
function sitesIn(meta: Uint8Array): number {
  for (let at = 0; (at = meta.indexOf(SITES.charCodeAt(0), at)) >= 0; at++)
    if (String.fromCharCode(...meta.subarray(at, at + SITES.length)) === SITES) return at;
  return meta.length;
}

function fieldOf(name: string, type: string, offset: unknown): Field {
  const raw = rawReaderOf(type);
  // A slot is a whole word. That the object has it is seen when it is read.
  const isSlot = raw === undefined && /^(ref|weak|value|str)\b/.test(type) && (offset as number) % 4 === 0;
  mustBe(wholeOf(offset) >= PAYLOAD_OFFSET && (isSlot || raw !== undefined));
  return { name, type, offset: offset as number, raw };
}

/** @throws what `readNames` catches. */
function mustBe(isSo: boolean): void {
  if (!isSo) throw new TypeError("not what it should be");
}

function textOf(value: unknown): string {
  mustBe(typeof value === "string");
  return value as string;
}

function wholeOf(value: unknown): number {
  mustBe(Number.isInteger(value));
  return value as number;
}
