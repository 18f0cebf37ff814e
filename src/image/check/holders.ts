import { FLAG_SAMPLED, IMMORTAL_REFCOUNT, ROOTS_SATURATED, ROOTS_SHIFT } from "../../../assembly/layout.js";
import { HANDLE_WORDS, SATURATED_WORDS, SITE_WORDS } from "../image.js";
import type { Image } from "../image.js";
import type { Tally } from "./objects.js";
import type { Population } from "./population.js";

/** Maximal sum of outside references of the objects whose header cannot hold their number. */
const MOST_SATURATED = 2 ** 26;

/** The outside references of all objects, and their holders: handles, named roots, the heap itself, or unknown. */
export class Holders {
  /** Outside references of each object; 0 for immortal objects. */
  readonly outside: Uint32Array;
  /** How many of them belong to handles, named roots and the heap. */
  readonly #explained: Uint32Array;
  readonly #population: Population;

  /** Checks every refcount. @throws {@link BadImageError} */
  constructor(image: Image, population: Population, tally: Tally) {
    this.#population = population;
    this.outside = new Uint32Array(population.count);
    this.#explained = new Uint32Array(population.count);
    this.#checkSaturated(image, tally);
    this.#checkCounts(image, tally);
    this.#checkHolders(image);
    checkSites(image, population);
  }

  #checkSaturated(image: Image, tally: Tally): void {
    const rows = image.rows("SATU", SATURATED_WORDS);
    const count = rows.length / SATURATED_WORDS;
    let total = 0;
    if (count !== tally.saturated) throw image.error("SATU", "there are not as many large counts as objects with one");
    if (count > 0 && count >= image.control.rootsMapCapacity)
      throw image.error("SATU", "there are too many large counts");
    for (let row = 0; row < rows.length; row += SATURATED_WORDS) {
      const object = rows[row] as number;
      const ordinal = this.#population.find(object);
      const isNext = row === 0 || (rows[row - SATURATED_WORDS] as number) < object;
      const isSaturated =
        ordinal >= 0 && image.word(object) <= 0x7fffffff && image.word(object + 4) >>> ROOTS_SHIFT === ROOTS_SATURATED;
      if (!isNext || !isSaturated || (rows[row + 1] as number) < ROOTS_SATURATED)
        throw image.error("SATU", "a large count belongs to no object", row);
      // A program releases them one by one: a huge number would take forever.
      total += rows[row + 1] as number;
      if (total > MOST_SATURATED) throw image.error("SATU", "there are too many outside references", row);
      this.outside[ordinal] = rows[row + 1] as number;
    }
  }

  /** Refcount = slots that refer to an object + outside references. */
  #checkCounts(image: Image, { references }: Tally): void {
    const { addresses } = this.#population;
    for (let ordinal = 0; ordinal < addresses.length; ordinal++) {
      const object = addresses[ordinal] as number;
      const at = image.at(object);
      const count = image.words[at] as number;
      if (count === IMMORTAL_REFCOUNT) continue;
      const roots = (image.words[at + 1] as number) >>> ROOTS_SHIFT;
      if (roots !== ROOTS_SATURATED) this.outside[ordinal] = roots;
      if (count !== (references[ordinal] as number) + (this.outside[ordinal] as number))
        throw image.errorAt(object, "a refcount is not the number of references");
    }
  }

  #checkHolders(image: Image): void {
    const hold = (object: number, fail: () => Error): void => {
      const ordinal = this.#population.find(object);
      if (ordinal < 0) throw fail();
      if (image.word(object) === IMMORTAL_REFCOUNT) return;
      const explained = (this.#explained[ordinal] as number) + 1;
      if (explained > (this.outside[ordinal] as number)) throw fail();
      this.#explained[ordinal] = explained;
    };
    const rows = image.rows("HAND", HANDLE_WORDS);
    for (let row = 0; row < rows.length; row += HANDLE_WORDS) {
      hold(rows[row] as number, () => image.error("HAND", "a handle holds what it cannot", row));
      if ((rows[row + 1] as number) > image.meta.sites.length)
        throw image.error("HAND", "a handle was made at no known site", row + 1);
    }
    for (const [, object] of image.meta.roots)
      hold(object, () => image.error("META", "a named root holds what it cannot"));
    const { garbage } = image.control;
    if (garbage !== 0) hold(garbage, () => image.error("CTRL", "nothing holds the list of garbage"));
  }

  /** Objects with outside references of unknown holders, and how many: rows of two words. */
  unexplained(): Uint32Array {
    const { addresses } = this.#population;
    const rows = new Uint32Array(2 * addresses.length);
    let end = 0;
    for (let ordinal = 0; ordinal < addresses.length; ordinal++) {
      const count = (this.outside[ordinal] as number) - (this.#explained[ordinal] as number);
      if (count === 0) continue;
      rows[end++] = addresses[ordinal] as number;
      rows[end++] = count;
    }
    return rows.subarray(0, end);
  }
}

/** Checks that the rows of SITE refer to objects, in address order. */
function checkSites(image: Image, population: Population): void {
  const rows = image.rows("SITE", SITE_WORDS);
  const weights = new Float32Array(rows.buffer, rows.byteOffset, rows.length);
  for (let row = 0; row < rows.length; row += SITE_WORDS) {
    const object = rows[row] as number;
    const site = rows[row + 1] as number;
    const isNext = row === 0 || (rows[row - SITE_WORDS] as number) < object;
    const weight = weights[row + 2] as number;
    const isSampled = population.find(object) >= 0 && (image.word(object + 4) & FLAG_SAMPLED) !== 0;
    if (!isNext || !isSampled || site < 1 || site > image.meta.sites.length || !(weight >= 1 && weight <= 2 ** 40))
      throw image.error("SITE", "a site belongs to no object, or is none", row);
  }
}
