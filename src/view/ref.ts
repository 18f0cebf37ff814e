import { BadValueError, describe } from "../base/errors.js";
import { Source } from "./source.js";

// Names that no struct gives to a field by accident; a field that has one is read by `get`.
export const SOURCE = "[[view]]";
export const AT = "[[at]]";
export const ADDRESS = "[[address]]";

/** An object of an image. */
export abstract class Ref {
  /** First, as `structuredClone` fails with its first member. @internal */
  readonly [SOURCE]: Source;
  /** Index of its first word. @internal */
  readonly [AT]: number;
  /** Signed, as words are. @internal */
  readonly [ADDRESS]: number;

  /** @internal */
  constructor(source: Source, address: number, at: number) {
    this[SOURCE] = source;
    this[AT] = at;
    this[ADDRESS] = address;
  }
}

/** Whether a value is a view of an object. Not by `instanceof` alone, which a proxy passes. */
export function isRef(value: unknown): value is Ref {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Ref)[SOURCE] instanceof Source &&
    typeof (value as Ref)[ADDRESS] === "number"
  );
}

/** Address of an object of this image that somebody passed in. @throws {@link BadValueError} for anything else. */
export function addressIn(source: Source, value: unknown): number {
  if (!isRef(value)) throw new BadValueError(`expected a view of an object, got ${describe(value)}`);
  if (value[SOURCE] !== source) throw new BadValueError("this object belongs to another view");
  return value[ADDRESS];
}
