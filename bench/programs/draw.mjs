// The same "random" numbers in every language: xorshift32, and the remainder.

export const SEED = 12345;
export const OTHERS_SEED = 67890;

export function drawing(seed) {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
