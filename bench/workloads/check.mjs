import { SEED, drawing } from "../programs/draw.mjs";

/** Results decide whether a figure counts. */
export function expectEqual(actual, expected, what) {
  if (actual !== expected) throw new Error(`${what}: ${actual}, where it should be ${expected}`);
}

/** Of a graph of so many items, how many can be reached from the first. */
export function reachableFromFirst(count) {
  const draw = drawing(SEED);
  const targets = Uint32Array.from({ length: 2 * count }, () => draw(count));
  const seen = new Uint8Array(count);
  const pending = [0];
  let reached = 0;
  seen[0] = 1;
  while (pending.length > 0) {
    const node = pending.pop();
    reached++;
    for (const target of [targets[2 * node], targets[2 * node + 1]]) {
      if (seen[target] === 1) continue;
      seen[target] = 1;
      pending.push(target);
    }
  }
  return reached;
}

/** Bytes asked for by the blocks of mixed sizes before any is replaced. */
export function firstMixedBytes(min, max, blocks) {
  const draw = drawing(SEED);
  let sum = 0;
  for (let i = 0; i < blocks; i++) sum += min + draw(max - min);
  return sum;
}
