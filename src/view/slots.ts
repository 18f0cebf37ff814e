import { TYPE_TUPLE } from "../../assembly/layout.js";
import { BadImageError } from "../base/errors.js";
import type { Source } from "./source.js";

/** How many slots a list, tuple, dict or set says that it has. */
export function slotCount({ words }: Source, at: number, type: number): number {
  return (words[type === TYPE_TUPLE ? at + 2 : at + 3] as number) >>> 0;
}

/** Index of the first word of so many slots. @throws {@link BadImageError} if the image does not have them. */
export function firstSlot(source: Source, at: number, type: number, count: number): number {
  if (count === 0) return 0;
  if (type === TYPE_TUPLE) return source.slots(at + 3, count);
  const buffer = source.words[at + 2] as number;
  if (buffer === 0) throw new BadImageError("an object leaves the image", 4 * at);
  return source.slots(source.at(buffer) + 2, count);
}
