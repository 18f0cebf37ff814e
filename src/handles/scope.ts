import { attempt } from "../base/arguments.js";
import { outside } from "../base/entered.js";
import { BadValueError } from "../base/errors.js";
import { hasBrand } from "../base/untrusted.js";
import { isHandle } from "./handle.js";
import { checkAtOnce } from "../state/unraisable.js";
import type { Scoped, Store } from "../state/store.js";

/** Objects that are looked through for handles. To look through more takes longer than a scope may, and they are few that hold any. */
const MOST_OBJECTS = 1_000_000;

/** See `Heap.scope`. */
export function runScope<T>(store: Store, run: () => T): T {
  checkAtOnce(run, "scope");
  store.askForRoom();
  const outer = store.scope;
  const made: Scoped[] = [];
  store.scope = made;
  let kept: ReadonlySet<unknown> = new Set();
  try {
    const result = outside(run);
    store.mustBeOver(result, { where: "scope" });
    kept = attempt(BadValueError, "what a scope returns", () => keptBy(result, made));
    return result;
  } finally {
    store.scope = outer;
    for (const handle of made.reverse()) {
      if (kept.has(handle)) outer?.push(handle);
      else handle.release();
    }
  }
}

/** Which of the handles that were made, and are live, can be reached from a value. */
function keptBy(result: unknown, made: readonly Scoped[]): ReadonlySet<unknown> {
  const kept = new Set<unknown>();
  if (!isObject(result)) return kept;
  const live = new Set<unknown>(made.filter(({ released }) => !released));
  if (live.size === 0) return kept;
  // The nearest come first, and no more are looked at once all handles have been found.
  const met = new Set<object>([result]);
  for (const value of met) {
    if (live.has(value)) {
      kept.add(value);
      if (kept.size === live.size) break;
    } else if (!isHandle(value) && !ArrayBuffer.isView(value)) {
      meetParts(value, (part) => {
        if (isObject(part)) met.add(part);
      });
      if (met.size > MOST_OBJECTS)
        throw new BadValueError(
          `a scope returned more than ${MOST_OBJECTS} objects, too many to look through for handles: release those that it made, or return fewer objects`,
        );
    }
  }
  return kept;
}

/** What is in an object: its own enumerable properties, the elements of a Set, the keys and values of a Map. */
function meetParts(value: object, meet: (part: unknown) => void): void {
  // One by one: as arguments, a long array would overflow the stack.
  for (const part of Object.values(value) as unknown[]) meet(part);
  if (Array.isArray(value)) return;
  for (const name of Object.getOwnPropertySymbols(value)) {
    const { enumerable } = Object.getOwnPropertyDescriptor(value, name) ?? {};
    if (enumerable === true) meet((value as Record<symbol, unknown>)[name]);
  }
  // The engine's own loop, whatever a class that extends it has put in its place.
  if (hasBrand(value, "Set")) Set.prototype.forEach.call(value as Set<unknown>, meet);
  if (hasBrand(value, "Map"))
    Map.prototype.forEach.call(value as Map<unknown, unknown>, (part, key) => {
      meet(key);
      meet(part);
    });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
