/**
 * Checks an untrusted image before it becomes a heap or a graph. Afterwards everything holds that the core, its `verify`
 * and the analysis of dumps rely on: all addresses refer to live objects, all lists end, all sizes fit, all counts are
 * exact. The work is proportional to the size of the image.
 *
 * The order matters: each step relies on those before it.
 */
import { BadImageError } from "../../base/errors.js";
import { Image } from "../image.js";
import { ProbeBudget } from "./budget.js";
import { checkControl } from "./control.js";
import { Holders } from "./holders.js";
import { checkObjects } from "./objects.js";
import type { Tally } from "./objects.js";
import { readOrder } from "./order.js";
import type { Order } from "./order.js";
import { Population } from "./population.js";
import { checkWeak } from "./weak.js";
import { checkYoung } from "./young.js";

/** An image that passed all checks. */
export interface CheckedImage {
  readonly image: Image;
  readonly population: Population;
  readonly tally: Tally;
  readonly order: Order;
  readonly budget: ProbeBudget;
  /** Outside references of each object, and their holders. */
  readonly holders: Holders;
}

/** @throws {@link BadImageError} */
export function checkImage(bytes: Uint8Array): CheckedImage {
  const image = new Image(bytes);
  const population = new Population(image);
  const order = readOrder(image);
  const budget = new ProbeBudget(
    image.words.length,
    () => new BadImageError("keys of its tables collide so often that they cannot be looked up"),
  );
  checkControl(image, population);
  const tally = checkObjects(image, population, budget);
  checkYoung(image, population, tally);
  checkWeak(image, population, tally);
  const holders = new Holders(image, population, tally);
  if (population.unownedBuffers > 0)
    throw new BadImageError(`${population.unownedBuffers} buffers belong to nobody`, image.frame.sections.PAGE.offset);
  return { image, population, tally, order, budget, holders };
}
