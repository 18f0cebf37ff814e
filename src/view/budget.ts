import { MAX_KEY_DEPTH } from "../../assembly/layout.js";
import { BadKeyError } from "../base/errors.js";

/** Steps at most: a few hundredths of a second. Heaps allow 16 times as many. */
const MOST_STEPS = 2 ** 20;

/** Steps that may be taken to hash or compare keys with parts, which an image of strangers may nest without end. */
export class Budget {
  #steps = MOST_STEPS;

  /** @throws {@link BadKeyError} if so many steps, or a depth like this, are too much. */
  spend(steps: number, depth: number): void {
    this.#steps -= steps;
    if (this.#steps < 0 || depth > MAX_KEY_DEPTH)
      throw new BadKeyError(
        `a view does not look up tuples and frozensets more than ${MAX_KEY_DEPTH} deep, or more than ${MOST_STEPS} in all`,
      );
  }
}
