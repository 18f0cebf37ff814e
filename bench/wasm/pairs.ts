// Objects with two references, and what holds those of a workload.

import { alloc, decref, defineType } from "../../assembly/index";

let pair: u32 = 0;
/** What holds the objects of a workload: a list, the first object of a chain, or 0. Owned. */
export let held: usize = 0;

export function definePair(): void {
  pair = defineType(8, 2, 0);
}
export function make(): usize {
  const object = alloc(pair);
  if (!object) unreachable();
  return object;
}
/** Takes the caller's reference. */
export function hold(object: usize): void {
  const before = held;
  held = object;
  if (before) decref(before);
}
