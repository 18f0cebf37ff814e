import { MetaRows } from "../image/meta-rows.js";
import { BadImageError } from "../base/errors.js";
import { RAW_READERS } from "./raw.js";
import type { RawReader } from "./raw.js";
import type { Pages } from "./pages.js";
import { PAYLOAD_OFFSET } from "../../assembly/layout.js";

/** A field of a struct. */
export interface Field {
  readonly name: string;
  /** Bytes from the object's address. */
  readonly offset: number;
  /** Reads a field that is no reference. */
  readonly raw: RawReader | undefined;
  readonly isWeak: boolean;
  readonly isRef: boolean;
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

/** What stands in front of the sites, which may take megabytes and are not needed. No text of JSON contains these quotes. */
const SITES = Array.from(',"sites":[', (letter) => letter.charCodeAt(0));

/** Reads the structs and roots of an image. @throws {@link BadImageError} */
export function readNames({ meta, metaOffset }: Pages): Names {
  const rows = new MetaRows(metaOffset);
  // A copy: browsers do not decode shared memory, and another thread cannot change it.
  const end = sitesIn(meta);
  const part = meta.slice(0, end);
  let json: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
    json = JSON.parse(end < meta.length ? `${text}}` : text);
  } catch {
    throw rows.error("is no JSON");
  }
  const { types, roots } = rows.object(json);
  const structs = rows.types(types).map(({ name, fields }): Struct => {
    const placed = fields.map(([field, type, offset]): [string, Field] => [field, fieldOf(field, type, offset)]);
    return { name, fields: new Map(placed) };
  });
  return { structs, roots: new Map(rows.roots(roots)) };
}

/** Where the sites begin; the end of META if they do not. */
function sitesIn(meta: Uint8Array): number {
  for (let at = meta.indexOf(SITES[0] as number); at >= 0; at = meta.indexOf(SITES[0] as number, at + 1))
    if (SITES.every((byte, i) => meta[at + i] === byte)) return at;
  return meta.length;
}

function fieldOf(name: string, type: string, offset: number): Field {
  const raw = Object.hasOwn(RAW_READERS, type) ? RAW_READERS[type as keyof typeof RAW_READERS] : undefined;
  const kind = /^(ref|weak|value|str)\b/.exec(type)?.[1];
  // A slot is a whole word. The place of a raw field is looked at when it is read.
  if ((raw === undefined && kind === undefined) || offset < PAYLOAD_OFFSET || (raw === undefined && offset % 4 !== 0))
    throw new BadImageError(`field ${JSON.stringify(name)} has no type or no place`);
  return { name, offset, raw, isWeak: kind === "weak", isRef: kind === "ref" };
}
