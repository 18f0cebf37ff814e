import { FIRST_USER_TYPE, MAX_TYPES } from "../../assembly/layout.js";
import { BadImageError, HeapwrightError } from "../base/errors.js";
import { placeFields } from "../object/field-layout.js";
import type { StructPlan } from "../object/field-layout.js";
import { CALLBACK_KINDS } from "../object/callbacks.js";
import type { CallbackLabel } from "../object/callbacks.js";
import { parseFields } from "../object/field-types.js";

/** A struct, as the image stores it. */
export interface TypeRecord {
  readonly name: string;
  /** Name of the struct that it extends. */
  readonly base: string | null;
  readonly hasFinalizer: boolean;
  /** All fields, inherited ones first: name, type (as `FieldSpec.text`), offset from the object's address. */
  readonly fields: readonly (readonly [name: string, type: string, offset: number])[];
}

/** The section META. */
export interface Meta {
  /** Structs, ordered by id from FIRST_USER_TYPE on. */
  readonly types: readonly TypeRecord[];
  readonly roots: readonly (readonly [name: string, address: number])[];
  readonly callbacks: readonly (readonly [id: number, label: CallbackLabel])[];
  readonly nextCallback: number;
  /** Stack traces. Other sections refer to them by number. */
  readonly sites: readonly string[];
}

/** A struct's record, and the layout of its fields. */
export interface TypePlan extends StructPlan {
  readonly record: TypeRecord;
  readonly base: TypePlan | undefined;
}

export function encodeMeta(meta: Meta): Uint8Array {
  const json = {
    types: meta.types.map(({ name, base, hasFinalizer, fields }) => ({ name, base, hasFinalizer, fields })),
    roots: meta.roots,
    callbacks: meta.callbacks.map(([id, { kind, name }]) => [id, kind, name]),
    nextCallback: meta.nextCallback,
    sites: meta.sites,
  };
  return new TextEncoder().encode(JSON.stringify(json));
}

/** @throws {@link BadImageError} */
export function decodeMeta(bytes: Uint8Array, offset: number): { meta: Meta; plans: TypePlan[] } {
  const reader = new MetaReader(offset);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw reader.error("is no JSON");
  }
  const { types, roots, callbacks, nextCallback, sites } = reader.object(json);
  const meta: Meta = {
    types: reader.array(types).map((type) => reader.type(type)),
    roots: reader.array(roots).map((root) => {
      const [name, address] = reader.tuple(root, 2);
      return [reader.string(name), reader.number(address)];
    }),
    callbacks: reader.array(callbacks).map((callback) => {
      const [id, kind, name] = reader.tuple(callback, 3);
      const known = CALLBACK_KINDS.find((one) => one === kind);
      if (known === undefined) throw reader.error("has a callback of unknown kind");
      return [reader.number(id), { kind: known, name: reader.string(name) }];
    }),
    nextCallback: reader.number(nextCallback),
    sites: reader.array(sites).map((site) => reader.string(site)),
  };
  if (meta.types.length > MAX_TYPES - FIRST_USER_TYPE) throw reader.error("has too many types");
  if (new Set(meta.roots.map(([name]) => name)).size !== meta.roots.length)
    throw reader.error("has two roots of one name");
  const ids = meta.callbacks.map(([id]) => id);
  if (ids.some((id, i) => id < 1 || id >= meta.nextCallback || id <= (ids[i - 1] ?? 0)))
    throw reader.error("has callbacks that are not numbered in order");
  if (meta.nextCallback < 1 || meta.nextCallback > 2 ** 31) throw reader.error("has counted too many callbacks");
  return { meta, plans: reader.plans(meta.types) };
}

/** Reads values parsed from JSON without trusting their types. */
class MetaReader {
  readonly #offset: number;
  constructor(offset: number) {
    this.#offset = offset;
  }

  error(what: string): BadImageError {
    return new BadImageError(`section META ${what}`, this.#offset);
  }
  object(value: unknown): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.error("lacks an object");
    return value as Record<string, unknown>;
  }
  array(value: unknown): unknown[] {
    if (!Array.isArray(value)) throw this.error("lacks an array");
    return value;
  }
  tuple(value: unknown, length: number): unknown[] {
    const array = this.array(value);
    if (array.length !== length) throw this.error(`has a row of ${array.length} instead of ${length}`);
    return array;
  }
  string(value: unknown): string {
    if (typeof value !== "string") throw this.error("lacks a text");
    return value;
  }
  number(value: unknown): number {
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 0xffffffff)
      throw this.error("lacks a whole number");
    return value as number;
  }

  type(value: unknown): TypeRecord {
    const { name, base, hasFinalizer, fields } = this.object(value);
    if (typeof hasFinalizer !== "boolean") throw this.error("lacks a boolean");
    return {
      name: this.string(name),
      base: base === null ? null : this.string(base),
      hasFinalizer,
      fields: this.array(fields).map((field) => {
        const [fieldName, type, at] = this.tuple(field, 3);
        return [this.string(fieldName), this.string(type), this.number(at)];
      }),
    };
  }

  /** Computes the layout of the fields again, and checks that the image's offsets are the same. */
  plans(types: readonly TypeRecord[]): TypePlan[] {
    const byName = new Map<string, TypePlan>();
    return types.map((record) => {
      const base = record.base === null ? undefined : byName.get(record.base);
      if (record.base !== null && base === undefined) throw this.error("has a type that extends one it does not have");
      if (record.name === "" || byName.has(record.name)) throw this.error("has two types of one name, or one without");
      const plan = { ...this.#place(record, base), record, base };
      byName.set(record.name, plan);
      return plan;
    });
  }

  #place({ fields }: TypeRecord, base: TypePlan | undefined): StructPlan {
    const inherited = base?.layouts ?? new Map();
    let plan: StructPlan;
    try {
      const own = parseFields(fields.slice(inherited.size));
      plan = placeFields(own, inherited, new Set());
    } catch (error) {
      if (error instanceof HeapwrightError) throw this.error(`has a bad field: ${error.message}`);
      throw error;
    }
    const placed = [...plan.layouts.values()];
    const agrees = placed.every(({ name, text, offset }, i) => {
      const told = fields[i];
      return told !== undefined && told[0] === name && told[1] === text && told[2] === offset;
    });
    if (!agrees || placed.length !== fields.length) throw this.error("has fields that do not lie where it says");
    return plan;
  }
}
