import { attempt } from "../base/arguments.js";
import { BadValueError, describe } from "../base/errors.js";

/** A member that handles get, and its name. */
export type Member = readonly [name: PropertyKey, member: PropertyDescriptor];

/** Methods and accessors of a class's body and its parents', and of an object. @throws {@link BadValueError} */
export function membersIn(body: unknown, methods: unknown): Member[] {
  if (body !== undefined && typeof body !== "function")
    throw new BadValueError(`\`class\` must be a class, not ${describe(body)}`);
  if (methods !== undefined && (typeof methods !== "object" || methods === null))
    throw new BadValueError(`\`methods\` must be an object, not ${describe(methods)}`);
  return attempt(BadValueError, "methods", () => {
    const prototype: unknown = body?.prototype;
    return [prototype, methods].flatMap((mixin) =>
      typeof mixin === "object" && mixin !== null ? membersOf(mixin) : [],
    );
  });
}

/** Of an object and its prototypes. */
function membersOf(mixin: object): Member[] {
  const members = new Map<PropertyKey, PropertyDescriptor>();
  let at = mixin as object | null;
  while (at !== null && at !== Object.prototype) {
    const found = Object.getOwnPropertyDescriptors(at) as Record<PropertyKey, PropertyDescriptor>;
    // Symbols included: they make an object iterable.
    for (const name of Reflect.ownKeys(found))
      if (name !== "constructor" && !members.has(name)) members.set(name, found[name] as PropertyDescriptor);
    at = Object.getPrototypeOf(at) as object | null;
  }
  return [...members];
}
