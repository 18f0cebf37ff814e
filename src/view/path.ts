import { FIRST_USER_TYPE, TYPE_DICT, TYPE_LIST, TYPE_NONE, TYPE_TUPLE } from "../../assembly/layout.js";
import { BadFieldError, BadIndexError, describe } from "../base/errors.js";
import { fieldNamed, rawIn, targetOf } from "./field.js";
import { find } from "./find.js";
import { firstSlot, slotCount } from "./slots.js";
import type { Source } from "./source.js";

/**
 * Goes down a path and reads what is at its end, without a view for each step. `null` if a reference on the way is empty or
 * None, `undefined` if a key is not there: as the paths of handles.
 *
 * @throws {@link BadFieldError}, {@link BadIndexError}, {@link BadKeyError} where a step cannot be gone.
 */
export function readPath(source: Source, address: number, path: readonly unknown[]): unknown {
  const { words } = source;
  for (let i = 0; i < path.length; i++) {
    const step = path[i];
    const at = source.at(address);
    const type = source.typeAt(at);
    if (type === TYPE_DICT) {
      const slot = find(source, at, 2, step);
      if (slot < 0) return undefined;
      address = words[slot + 1] as number;
    } else if (type === TYPE_LIST || type === TYPE_TUPLE) {
      const count = slotCount(source, at, type);
      address = words[firstSlot(source, at, type, count) + indexIn(count, step)] as number;
    } else if (type === TYPE_NONE) return null;
    else {
      if (type < FIRST_USER_TYPE) throw new BadFieldError(`${source.typeName(type)} has nothing at ${describe(step)}`);
      const struct = source.struct(type);
      const field = fieldNamed(struct, step);
      if (field.raw !== undefined) {
        if (i < path.length - 1) throw new BadFieldError(`${struct.name}.${field.name} is no reference`);
        return rawIn(source, at, field);
      }
      address = targetOf(source, at, field);
      if (address === 0) return null;
    }
  }
  return source.value(address);
}

/** An index among so many items; negative ones count from the end. @throws {@link BadIndexError} */
export function indexIn(count: number, index: unknown): number {
  const resolved = typeof index === "number" && index < 0 ? index + count : index;
  if (!Number.isInteger(resolved) || (resolved as number) < 0 || (resolved as number) >= count)
    throw new BadIndexError(`no item ${describe(index)} among ${count}`);
  return resolved as number;
}
