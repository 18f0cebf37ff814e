import { attempt } from "../base/arguments.js";
import { outside } from "../base/entered.js";
import { BadValueError } from "../base/errors.js";
import { isHandle } from "./handle.js";
import type { Handle } from "./handle.js";
import { checkAtOnce } from "../state/store.js";
import type { Store } from "../state/store.js";

/** See `Heap.scope`. */
export function runScope<T>(store: Store, run: () => T): T {
  checkAtOnce(run, "scope");
  store.askForRoom();
  const outer = store.scope;
  const made: Handle[] = [];
  store.scope = made;
  let kept = new Set<Handle>();
  try {
    const result = outside(run);
    store.mustBeOver(result, { where: "scope" });
    kept = attempt(BadValueError, "what a scope returns", () => handlesIn(result));
    return result;
  } finally {
    store.scope = outer;
    for (const handle of made.reverse()) {
      if (kept.has(handle)) outer?.push(handle);
      else handle.release();
    }
  }
}

/** Handles in a value: itself, or in its arrays and plain objects, however deep. */
function handlesIn(root: unknown): Set<Handle> {
  const found = new Set<Handle>();
  const seen = new Set<unknown>();
  const pending = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isHandle(value)) found.add(value);
    else if (Array.isArray(value) || isPlainObject(value)) {
      // One by one: as arguments, a long array would overflow the stack.
      for (const part of Object.values(value) as unknown[]) pending.push(part);
    }
  }
  return found;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
