// What the machine can do: reads, over as many bytes as the objects of a workload have, that do not wait for each other.

let base: usize = 0;
let length: u32 = 0;
let inOrder = false;
/** Keeps the reads from being optimised away. */
let sum: u32 = 0;

/** Bytes of an object with two references, in the tightest form that has a header. */
const OBJECT: u32 = 24;

export function start(): void {
  base = __heap_base;
}
export function enable(on: u32): void {}

function fill(count: u32): void {
  const end = base + <usize>count * OBJECT;
  const pages = <i32>((end + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
  // Every page is touched: what was never written may all be one page of zeros.
  for (let at = base; at < end; at += 4) store<u32>(at, 1);
  length = count;
}
export function graph(count: u32): void {
  fill(count);
  inOrder = false;
}
export function sequence(count: u32): void {
  fill(count);
  inOrder = true;
}
export function age(replacements: u32): void {}
export function redraw(): void {}
export function keepFirst(): void {}

/** Two reads for each object. */
export function collect(): u32 {
  let total: u32 = 0;
  if (inOrder) {
    for (let at = base, end = base + <usize>length * OBJECT; at < end; at += OBJECT)
      total += load<u32>(at) + load<u32>(at, 8);
  } else {
    let random: u32 = 99;
    for (let i: u32 = 0, reads = length << 1; i < reads; i++) {
      random = random * 1664525 + 1013904223;
      // The high half of the product: a number below `length`, without a division.
      total += load<u32>(base + <usize>(((<u64>random * length) >>> 32) as u32) * OBJECT);
    }
  }
  sum = total;
  return 0;
}
/** All the reads found what is there. */
export function edges(): u32 {
  return sum;
}
