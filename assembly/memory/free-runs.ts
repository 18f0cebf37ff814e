// The free runs of pages, by length: the best fit for a request is found in at most 64 steps, however many runs there
// are.
//
// A free run's key is its length and, below, the number of its first page: the best fit is the least key that is not
// less than the request's, so of equal lengths the lowest address. Keys are in 16 digital search trees, one for each
// doubling of the length, whose roots are in FREE_TREES. A node's two subtrees have the keys whose next bit is 0 or 1,
// the bits of the length below its leading one first, then those of the page number; the node's own key is any with the
// bits that led to it. So no path is longer than a key's bits, 31 at most, and there is nothing to balance.

import { FREE_TREES, control } from "../control";
import { PAGE_FREE, Page, pageAt } from "./page";

const NUMBER_BITS: u32 = 16;

/** Key of a run of so many pages from page `number` on. */
function keyOf(pages: u32, number: u32): u32 {
  return (pages << NUMBER_BITS) | number;
}

/** The bits of a key that choose subtrees, the first one on top. */
function pathOf(key: u32): u32 {
  return key << (clz(key) + 1);
}

/** Address of the word with a tree's root, for runs of so many pages. */
function rootFor(pages: u32): usize {
  return FREE_TREES + (treeOf(pages) << 2);
}
function treeOf(pages: u32): u32 {
  return 31 - clz(pages);
}

/** Address of the word with a node's subtree for `bit`. */
function branchOf(run: u32, bit: u32): usize {
  return changetype<usize>(pageAt(run)) + offsetof<Page>("next") + (bit << 2);
}

/** Makes pages a free run. Its neighbours are not free. */
export function addFreeRun(first: u32, pages: u32): void {
  const page = pageAt(first);
  page.state = PAGE_FREE;
  page.span = <u16>pages;
  page.next = page.prev = 0;
  const last = pageAt(first + pages - 1);
  last.state = PAGE_FREE;
  last.fresh = first;
  let at = rootFor(pages);
  for (let path = pathOf(keyOf(pages, first)); load<u32>(at); path <<= 1) at = branchOf(load<u32>(at), path >>> 31);
  store<u32>(at, first);
  control.freeTrees |= 1 << treeOf(pages);
}

/** Address of the word that leads to a free run in its tree. */
function linkTo(run: u32): usize {
  const pages = pageAt(run).span;
  let at = rootFor(pages);
  for (let path = pathOf(keyOf(pages, run)); load<u32>(at) != run; path <<= 1)
    at = branchOf(load<u32>(at), path >>> 31);
  return at;
}

/** Address of the word of a subtree that a node has; 0 = it has none. */
function branchBelow(run: u32): usize {
  const page = pageAt(run);
  return page.next ? branchOf(run, 0) : page.prev ? branchOf(run, 1) : 0;
}

/** Takes a free run out of its tree. Its pages still say that they are free. */
export function removeFreeRun(run: u32): void {
  const page = pageAt(run);
  const pages = page.span;
  const at = linkTo(run);
  // Any leaf below can take its place: the bits that lead there are the leaf's as well.
  let leafAt = at;
  for (let next = branchBelow(run); next; next = branchBelow(load<u32>(next))) leafAt = next;
  const leaf = load<u32>(leafAt);
  store<u32>(leafAt, 0);
  if (leaf != run) {
    pageAt(leaf).next = page.next;
    pageAt(leaf).prev = page.prev;
    store<u32>(at, leaf);
  }
  if (!load<u32>(rootFor(pages))) control.freeTrees &= ~(1 << treeOf(pages));
}

/** The free run that fits so many pages best, or 0. */
export function findFreeRun(pages: u32): u32 {
  const wanted = keyOf(pages, 0);
  let best: u32 = 0;
  let bestKey: u32 = u32.MAX_VALUE;
  // On the way to the wanted key: nodes that fit, and the last subtree that was passed on the side of longer runs.
  let longer: u32 = 0;
  let run = load<u32>(rootFor(pages));
  for (let path = pathOf(wanted); run; path <<= 1) {
    const page = pageAt(run);
    const key = keyOf(page.span, run);
    if (key >= wanted && key < bestKey) {
      best = run;
      bestKey = key;
    }
    if (path >>> 31) run = page.prev;
    else {
      if (page.prev) longer = page.prev;
      run = page.next;
    }
  }
  if (!best && !longer) {
    const trees = control.freeTrees & ((<u32>-2) << treeOf(pages));
    if (trees) longer = load<u32>(FREE_TREES + (ctz(trees) << 2));
  }
  // The least key of a subtree is on its leftmost path.
  while (longer) {
    const page = pageAt(longer);
    const key = keyOf(page.span, longer);
    if (key < bestKey) {
      best = longer;
      bestKey = key;
    }
    longer = page.next ? page.next : page.prev;
  }
  return best;
}

// ---- For `verify`, which must not be led astray

/** Whether pages that say so are a free run: they agree, and the run is in its tree. */
export function isFreeRun(run: u32): bool {
  const pages = pageAt(run).span;
  const last = pageAt(run + pages - 1);
  let node = load<u32>(rootFor(pages));
  let path = pathOf(keyOf(pages, run));
  for (let depth: u32 = 0; node != run; depth++) {
    if (depth == 32 || node < control.firstPage || node >= control.endPage) return false;
    node = load<u32>(branchOf(node, path >>> 31));
    path <<= 1;
  }
  return last.state == PAGE_FREE && last.fresh == run;
}

/** Trees that have a root; none that could be right if `control.freeTrees` does not say the same. */
export function countFreeTrees(): u32 {
  let count: u32 = 0;
  for (let tree: u32 = 0; tree < NUMBER_BITS; tree++) {
    const root = load<u32>(FREE_TREES + (tree << 2));
    if ((root != 0) != (((control.freeTrees >>> tree) & 1) != 0)) return u32.MAX_VALUE;
    if (root) count++;
  }
  return count;
}
