import { BadImageError } from "../errors.js";
import { ProbeBudget } from "./budget.js";
import { Image } from "./image.js";
import { readOrder } from "./order.js";
import type { CheckedImage } from "./place.js";
import { Population } from "./population.js";

export function checkImage(bytes: Uint8Array): CheckedImage {
  const image = new Image(bytes);
  const order = readOrder(image);
  const population = new Population(image);
  const budget = new ProbeBudget(() => new BadImageError("the keys of its tables collide too often to be looked up"));
  return { image, order, population, budget, unexplained: new Map() };
}
