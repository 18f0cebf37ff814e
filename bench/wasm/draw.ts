// The same "random" numbers in every language: xorshift32, and the remainder.

export const SEED: u32 = 12345;
export const OTHERS_SEED: u32 = 67890;

/** What the references of the items of a list are. */
export const DRAWN: u32 = 0;
export const SEQUENCE: u32 = 1;

let state: u32 = SEED;

export function seed(value: u32): void {
  state = value;
}


@inline
export function draw(bound: u32): u32 {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state % bound;
}
