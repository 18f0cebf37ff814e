// Blocks of mixed sizes: `bytes` objects, replaced at random.

import { decref, newBytes } from "../../assembly/index";
import { STR_BYTES_OFFSET } from "../../assembly/layout";
import { SEED, draw, seed } from "./draw";

const BLOCKS: u32 = 100_000;
const blocks = memory.data(BLOCKS << 2);
/** Bytes asked for, of each block. */
const sizes = memory.data(BLOCKS << 2);
let smallest: u32 = 0;
let largest: u32 = 0;

function replaceBlock(index: u32): void {
  const at = blocks + (index << 2);
  const old = load<u32>(at);
  if (old) decref(old);
  const size = smallest + draw(largest - smallest);
  const block = newBytes(size);
  if (!block) unreachable();
  store<u32>(block, size, STR_BYTES_OFFSET);
  store<u32>(at, <u32>block);
  store<u32>(sizes + (index << 2), size);
}
export function mixedStart(min: u32, max: u32): void {
  smallest = min;
  largest = max;
  seed(SEED);
  for (let i: u32 = 0; i < BLOCKS; i++) replaceBlock(i);
}
export function mixed(count: u32): void {
  for (let i: u32 = 0; i < count; i++) replaceBlock(draw(BLOCKS));
}
/** Bytes asked for by the blocks there are; -1 if one of them does not hold what was written to it. */
export function mixedBytes(): f64 {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < BLOCKS; i++) {
    const size = load<u32>(sizes + (i << 2));
    if (load<u32>(load<u32>(blocks + (i << 2)), STR_BYTES_OFFSET) != size) return -1;
    sum += size;
  }
  return sum;
}
