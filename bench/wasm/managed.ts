// The workloads on AssemblyScript's own collectors. See `bench/subjects/program.mjs`.
//
// The incremental one works while objects are made. The minimal one waits to be called, with nothing in use but what globals
// hold: it is, whenever as many objects were made as are alive, and at least 100,000.

import { DRAWN, OTHERS_SEED, SEED, SEQUENCE, draw, seed } from "./draw";

class Pair {
  a: Pair | null = null;
  b: Pair | null = null;
}

let list: Array<Pair> | null = null;
let first: Pair | null = null;
let kind: u32 = DRAWN;
/** What marks an object that was counted. */
let counted: Pair | null = null;

/** What the compiler calls that runtime. */
const MINIMAL = 1;
let isManual = ASC_RUNTIME == MINIMAL;
let made: u32 = 0;
let live: u32 = 0;

export function start(): void {
  counted = new Pair();
}
export function enable(on: u32): void {
  if (ASC_RUNTIME == MINIMAL) isManual = on != 0;
}
export function collect(): u32 {
  __collect();
  made = 0;
  return 0;
}
/** Called where no local refers to an object. */
@inline
function breathe(objects: u32): void {
  if (!isManual) return;
  made += objects;
  if (made >= max<u32>(live, 100_000)) collect();
}

export function alive(): u32 {
  let objects: u32 = 0;
  const pending = new Array<Pair>();
  if (first) pending.push(first!);
  if (list) for (let i = 0; i < list!.length; i++) pending.push(list![i]);
  while (pending.length) {
    const node = pending.pop();
    if (node.a === counted) continue;
    if (node.a) pending.push(node.a!);
    if (node.b) pending.push(node.b!);
    node.a = counted;
    objects++;
  }
  return objects;
}

// ---- Births and deaths
let sink: Pair | null = null;

export function churn(count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    sink = new Pair();
    breathe(1);
  }
  sink = null;
}
function tree(depth: u32): Pair {
  const node = new Pair();
  if (depth) {
    node.a = tree(depth - 1);
    node.b = tree(depth - 1);
  }
  return node;
}
export function trees(depth: u32): void {
  sink = tree(depth);
  sink = null;
  breathe(2 << depth);
}
let nodes: u32 = 0;
function countNodes(node: Pair): void {
  nodes++;
  if (node.a) countNodes(node.a!);
  if (node.b) countNodes(node.b!);
}
export function treeNodes(depth: u32): u32 {
  nodes = 0;
  sink = tree(depth);
  countNodes(sink!);
  sink = null;
  return nodes;
}
export function chain(count: u32): void {
  first = null;
  for (let i: u32 = 0; i < count; i++) {
    const node = new Pair();
    node.a = first;
    first = node;
  }
}
export function drop(): void {
  first = null;
  list = null;
  __collect();
}

// ---- Graphs
export function redraw(): void {
  const items = list!;
  const length = <u32>items.length;
  seed(SEED);
  for (let i: u32 = 0; i < length; i++) {
    items[i].a = items[draw(length)];
    items[i].b = items[draw(length)];
  }
  kind = DRAWN;
}
function fill(count: u32): void {
  const items = new Array<Pair>();
  list = items;
  for (let i: u32 = 0; i < count; i++) items.push(new Pair());
  live = count;
}
export function graph(count: u32): void {
  fill(count);
  redraw();
}
export function sequence(count: u32): void {
  fill(count);
  const items = list!;
  for (let i: u32 = 0; i < count; i++) {
    if (i + 1 < count) items[i].a = items[i + 1];
    if (i) items[i].b = items[i - 1];
  }
  kind = SEQUENCE;
}
function replaceItem(): void {
  const items = list!;
  const length = <u32>items.length;
  const index = draw(length);
  const object = new Pair();
  object.a = items[draw(length)];
  object.b = items[draw(length)];
  items[index].a = null;
  items[index].b = null;
  items[index] = object;
}
export function age(replacements: u32): void {
  seed(OTHERS_SEED);
  for (let i: u32 = 0; i < replacements; i++) {
    replaceItem();
    breathe(1);
  }
}
export function edges(): u32 {
  const items = list!;
  const length = <u32>items.length;
  let right: u32 = 0;
  seed(SEED);
  for (let i: u32 = 0; i < length; i++) {
    let a: Pair | null = null;
    let b: Pair | null = null;
    if (kind == DRAWN) {
      a = items[draw(length)];
      b = items[draw(length)];
    } else {
      if (i + 1 < length) a = items[i + 1];
      if (i) b = items[i - 1];
    }
    if (items[i].a === a) right++;
    if (items[i].b === b) right++;
  }
  return right;
}
export function keepFirst(): void {
  first = list![0];
  list = null;
}

// ---- Cycles
function cycle(): Pair {
  const a = new Pair();
  const b = new Pair();
  a.a = b;
  b.a = a;
  return a;
}
export function cycles(count: u32): void {
  for (let i: u32 = 0; i < count; i += 2) {
    sink = cycle();
    breathe(2);
  }
  sink = null;
}
/** Held until all are made: the incremental collector would have had some of them already. */
export function garbage(count: u32): void {
  list = new Array<Pair>();
  for (let i: u32 = 0; i < count; i += 2) list!.push(cycle());
  list = null;
}
export function ring(objects: u32): void {
  list = new Array<Pair>();
  live = objects;
  seed(OTHERS_SEED);
  for (let i: u32 = 0; i < objects; i += 2) list!.push(cycle());
}
export function replace(count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    list![draw(<u32>list!.length)] = cycle();
    breathe(2);
  }
}
