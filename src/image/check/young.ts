import type { Image } from "../image.js";
import type { Tally } from "./objects.js";
import type { Population } from "./population.js";

/**
 * Every tracked object that is not old is in the list of generation 0 or 1. No list is circular, because each object must
 * name its predecessor. No two lists share an object, because they begin with different ones.
 *
 * @throws {@link BadImageError}
 */
export function checkYoung(image: Image, population: Population, tally: Tally): void {
  let listed = 0;
  if (image.young[0] !== 0 && image.young[0] === image.young[1])
    throw image.error("CTRL", "generations 0 and 1 are one list");
  for (const first of image.young) {
    let before = 0;
    for (let object = first; object !== 0; object = image.word(object - 8)) {
      const ordinal = population.find(object);
      if (ordinal < 0 || tally.isYoung[ordinal] === 0 || image.word(object - 4) !== before)
        throw image.error("CTRL", `the list of a young generation leads astray, to 0x${object.toString(16)}`);
      before = object;
      listed++;
    }
  }
  if (listed !== tally.young) throw image.error("CTRL", "a young object is in no generation");
}
