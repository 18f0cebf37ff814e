// The free runs of pages, by length. Finding the best fit for a request takes at most 64 steps, however many runs
// exist.
//
// The key of a free run is its length and, in the bits below, the number of its first page. The best fit is the least
// key that is not less than the request's, so among runs of equal length the lowest address is taken. Keys are in 16
// digital search trees, one for each doubling of the length, with their roots in FREE_TREES. The two subtrees of a node
// have the keys whose next bit is 0 or 1: first the bits of the length below its leading one, then those of the page
// number. The node itself can have any key with the bits on the path to it. So a path has at most 32 nodes, and
// nothing needs balancing.

import { FREE_TREES, control } from "../control";
import { PAGE_FREE, Page, pageAt } from "./page";

const NUMBER_BITS: u32 = 16;

/** Key of a run of `pages` pages that begins at page `number`. */
function keyOf(pages: u32, number: u32): u32 {
  return (pages << NUMBER_BITS) | number;
}

/** The bits of a key that choose subtrees, the first one in the top bit. */
function pathOf(key: u32): u32 {
  return key << (clz(key) + 1);
}

/** Address of the root of the tree for runs of `pages` pages. */
function rootFor(pages: u32): usize {
  return FREE_TREES + (treeOf(pages) << 2);
}
function treeOf(pages: u32): u32 {
  return 31 - clz(pages);
}

/** Address of the link to a node's subtree for `bit`. */
function branchOf(run: u32, bit: u32): usize {
  return changetype<usize>(pageAt(run)) + offsetof<Page>("next") + (bit << 2);
}

/** Makes pages a free run. The pages before and behind it must not be free. */
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

/** Address of the link to a free run in its tree. */
function linkTo(run: u32): usize {
  const pages = pageAt(run).span;
  let at = rootFor(pages);
  for (let path = pathOf(keyOf(pages, run)); load<u32>(at) != run; path <<= 1)
    at = branchOf(load<u32>(at), path >>> 31);
  return at;
}

/** Address of the link to one of a node's subtrees; 0 = it has none. */
function branchBelow(run: u32): usize {
  const page = pageAt(run);
  return page.next ? branchOf(run, 0) : page.prev ? branchOf(run, 1) : 0;
}

/** Takes a free run out of its tree. The descriptors of its pages still say PAGE_FREE. */
export function removeFreeRun(run: u32): void {
  const page = pageAt(run);
  const pages = page.span;
  const at = linkTo(run);
  // Any leaf below it can take its place, because the leaf's key has the bits on the path to this node.
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
  // On the path to the wanted key: `best` among the nodes, and the last subtree of larger keys next to the path.
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

// ---- For `verify`: these functions end whatever the links are

/** Whether a free run's first and last descriptor agree, and it is found in its tree. */
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

/** Number of trees that are not empty; u32.MAX_VALUE if `control.freeTrees` says otherwise. */
export function countFreeTrees(): u32 {
  let count: u32 = 0;
  for (let tree: u32 = 0; tree < NUMBER_BITS; tree++) {
    const root = load<u32>(FREE_TREES + (tree << 2));
    if ((root != 0) != (((control.freeTrees >>> tree) & 1) != 0)) return u32.MAX_VALUE;
    if (root) count++;
  }
  return count;
}
