// The blocks under AssemblyScript's collectors, asked for and given back by hand. See `bench/subjects/program.mjs`.

import { SEED, draw, seed } from "./draw";

/** Bytes of an object with two references and our header. */
const OBJECT: usize = 24;
const BLOCKS: u32 = 100_000;
const blocks = memory.data(BLOCKS << 2);
const sizes = memory.data(BLOCKS << 2);
let smallest: u32 = 0;
let largest: u32 = 0;

export function enable(on: u32): void {}

export function churn(count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const block = heap.alloc(OBJECT);
    store<u32>(block, i);
    heap.free(block);
  }
}
function replaceBlock(index: u32): void {
  const at = blocks + (index << 2);
  const old = load<u32>(at);
  if (old) heap.free(old);
  const size = smallest + draw(largest - smallest);
  const block = heap.alloc(size);
  store<u32>(block, size, 8);
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
export function mixedBytes(): f64 {
  let sum: f64 = 0;
  for (let i: u32 = 0; i < BLOCKS; i++) {
    const size = load<u32>(sizes + (i << 2));
    if (load<u32>(load<u32>(blocks + (i << 2)), 8) != size) return -1;
    sum += size;
  }
  return sum;
}
