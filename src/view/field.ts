import { TYPE_WEAKREF, WEAKREF_REFERENT_OFFSET } from "../../assembly/layout.js";
import { BadFieldError, BadImageError, describe } from "../base/errors.js";
import type { Field, Struct } from "./meta.js";
import { readRaw } from "./raw.js";
import type { RawReader } from "./raw.js";
import type { Source } from "./source.js";

/** @throws {@link BadFieldError} */
export function fieldNamed({ name: struct, fields }: Struct, name: unknown): Field {
  const field = fields.get(name as string);
  if (field === undefined)
    throw new BadFieldError(`${struct} has no field ${describe(name)}; it has ${[...fields.keys()].join(", ")}`);
  return field;
}

/** What a field of the object at `at` holds. */
export function readField(source: Source, at: number, field: Field): unknown {
  if (field.raw !== undefined) return rawIn(source, at, field);
  const target = targetOf(source, at, field);
  return target === 0 ? null : source.value(target);
}

/** The number or boolean in a field that is no reference. */
export function rawIn({ data }: Source, at: number, { type, raw, offset }: Field): number | bigint | boolean {
  const value = readRaw(data, 4 * at + offset, raw as RawReader);
  return type === "bool" ? value !== 0 : value;
}

/** Address of what a field that is a reference leads to; 0 = nothing. */
export function targetOf(source: Source, at: number, { offset, type }: Field): number {
  const target = source.words[at + offset / 4] as number;
  return type.startsWith("weak") && target !== 0 ? referentOf(source, source.at(target)) : target;
}

/** Address of what the weak reference at `at` refers to; 0 once that is dead. */
export function referentOf(source: Source, at: number): number {
  if (source.typeAt(at) !== TYPE_WEAKREF) throw new BadImageError("this is no weak reference", 4 * at);
  return source.words[at + WEAKREF_REFERENT_OFFSET / 4] as number;
}
