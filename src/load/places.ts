import { BadValueError } from "../base/errors.js";
import { isHandle } from "../handles/handle.js";
import { placeOf } from "../handles/places.js";
import { checkAtom } from "../handles/values.js";
import { ORIGIN_BARE_OBJECT, ORIGIN_OBJECT } from "../../assembly/layout.js";

/** Whether a heap can store a value, apart from its contents. */
export function hasPlace(value: unknown): boolean {
  if (isHandle(value)) return true;
  try {
    if (typeof value === "object" && value !== null) {
      const place = placeOf(value);
      if (place === "object") originOf(value);
      return place !== undefined;
    }
    checkAtom(value);
    return true;
  } catch {
    return false;
  }
}

/** What a plain object reads as again. @throws {@link BadValueError} for properties whose names are symbols. */
export function originOf(source: object): number {
  if (Object.getOwnPropertySymbols(source).length > 0)
    throw new BadValueError("a heap has no place for properties whose names are symbols");
  return Object.getPrototypeOf(source) === null ? ORIGIN_BARE_OBJECT : ORIGIN_OBJECT;
}
