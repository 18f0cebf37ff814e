// Tuples with one hash. The constants and steps are those of assembly/values/key.ts.

export const COLLIDING_SEED = 12_345;

const MULTIPLIER = 0x85ebca77;
const SECOND_MULTIPLIER = 0x9e3779b1;
const FIRST = 0x165667b1;

/** Hash of a tuple whose items have these hashes. A small int is its own hash. */
export function hashOfTuple(hashes: readonly number[]): number {
  const hash = hashes.reduce(mixed, COLLIDING_SEED + FIRST + hashes.length);
  return hash ^ (hash >>> 15);
}

/**
 * Pairs of ints. Tuples that end with one of them have one hash, in a heap whose `hashSeed` is COLLIDING_SEED. They begin
 * with items that have the hashes `before`.
 */
export function collidingPairs(n: number, before: readonly number[] = []): [first: number, second: number][] {
  const inverse = inverseOf(MULTIPLIER);
  const start = before.reduce(mixed, COLLIDING_SEED + FIRST + before.length + 2);
  return Array.from({ length: n }, (_, first) => [first, Math.imul(-mixed(start, first), inverse) | 0]);
}

function mixed(hash: number, item: number): number {
  const word = hash + Math.imul(item, MULTIPLIER);
  return Math.imul((word << 13) | (word >>> 19), SECOND_MULTIPLIER);
}

/** The number that gives 1 with an odd one, modulo 2^32: each step doubles the bits that are right. */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let step = 0; step < 5; step++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}
