import { BadFieldError, describe } from "../base/errors.js";
import { didYouMean } from "../base/suggest.js";

/**
 * What handles inherit from last. A property that no handle has is looked for here before it would be added to a handle:
 * so a misspelt field is an error. An object that does not extend (`Object.seal`) would cost at each handle that is made;
 * this costs nothing, since what a handle does have is found before.
 *
 * @param describeOwner - Type of a handle, and the names that it has besides its class's; it may be released.
 */
export function sealedPrototype(describeOwner: (handle: object) => string | undefined): object {
  return new Proxy(Object.create(Object.prototype) as object, {
    set(_, name, value, handle: object): boolean {
      const type = describeOwner(handle);
      // A handle's prototype, or what inherits from a handle.
      if (type === undefined) return Reflect.defineProperty(handle, name, { ...PLAIN, value: value as unknown });
      const what = typeof name === "symbol" ? String(name) : describe(name);
      throw new BadFieldError(`${type} has no field ${what}${didYouMean(name, settableOf(handle))}`);
    },
  });
}

const PLAIN = { writable: true, enumerable: true, configurable: true };

/** What can be set on a handle: fields, and accessors that were mixed in. */
function settableOf(handle: object): string[] {
  const names: string[] = [];
  for (let at = Object.getPrototypeOf(handle) as object | null; at !== null; at = Object.getPrototypeOf(at) as object)
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (member.set !== undefined && name !== "__proto__") names.push(name);
  return names;
}
