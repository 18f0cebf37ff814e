import { MAX_KEY_DEPTH, MAX_KEY_PARTS } from "../../assembly/layout.js";
import { BadKeyError } from "../base/errors.js";

/** Steps that may be taken to hash or compare keys with parts, which an image of strangers may nest without end. */
export class Budget {
  #steps = MAX_KEY_PARTS;

  /** @throws {@link BadKeyError} if so many steps, or a depth like this, are too much. */
  spend(steps: number, depth: number): void {
    this.#steps -= steps;
    if (this.#steps < 0 || depth > MAX_KEY_DEPTH)
      throw new BadKeyError(
        `tuples and frozensets more than ${MAX_KEY_DEPTH} deep, or more than ${MAX_KEY_PARTS} in all, cannot be a key`,
      );
  }
}
