/** A seeded generator (xorshift32): `next(n)` is an integer in [0, n). The same seed, the same run. */
export function seededRandom(seed: number): (bound: number) => number {
  let state = Math.imul(seed, 2654435761) | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** The seed of a run: HEAPWRIGHT_SEED, so that a failure can be replayed, or the given one. */
export function seedOf(fallback: number): number {
  return Number(process.env.HEAPWRIGHT_SEED ?? fallback);
}

/** How many random cases: a few every day, or what the scripts named `fuzz` ask for. */
export function howMany(everyday: number): number {
  return Number(process.env.HEAPWRIGHT_PROGRAMS ?? everyday);
}
