// The shapes, made on raw addresses. `two` is a type with two references. Each returns how many objects there are.

/** The same numbers in each run: xorshift32, and the remainder. */
export function drawing() {
  let state = 12345;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

function nodes(core, two, n) {
  const all = new Uint32Array(n);
  for (let i = 0; i < n; i++) all[i] = core.alloc(two);
  return all;
}

export function shuffle(values) {
  const draw = drawing();
  for (let i = values.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [values[i], values[j]] = [values[j], values[i]];
  }
  return values;
}

/** Links, and gives the caller's own reference away. */
function give(core, from, slot, to) {
  core.setRef(from, slot, to);
  core.decref(to);
}

/** The first alone stays held from outside. */
function keepFirst(core, all) {
  for (let i = 1; i < all.length; i++) core.decref(all[i]);
  return all.length;
}

function wireAtRandom(core, all) {
  const draw = drawing();
  for (const node of all) {
    core.setRef(node, 0, all[draw(all.length)]);
    core.setRef(node, 1, all[draw(all.length)]);
  }
}

/** A list newest first of what `make` returns. */
function newestFirst(core, two, count, make, valueSlot = 0) {
  let head = 0;
  for (let i = 0; i < count; i++) {
    const node = core.alloc(two);
    give(core, node, valueSlot, make(i));
    if (head) give(core, node, 1 - valueSlot, head);
    head = node;
  }
}

function chunk(core, make) {
  const list = core.newList(128);
  for (let i = 0; i < 128; i++) {
    const item = make(i);
    core.listAppend(list, item);
    core.decref(item);
  }
  return list;
}

/** A list of all of them, which alone holds them. */
function listOf(core, all) {
  const list = core.newList(all.length);
  for (const node of all) core.listAppend(list, node);
  for (const node of all) core.decref(node);
}

export const SHAPES = {
  "random graph, in a list": (core, two, n) => {
    const all = nodes(core, two, n);
    wireAtRandom(core, all);
    listOf(core, all);
    return n;
  },
  "random graph, one root": (core, two, n) => {
    const all = nodes(core, two, n);
    wireAtRandom(core, all);
    // What the root does not reach is garbage, which the first collection frees.
    keepFirst(core, all);
    core.collect(2);
    return core.trackedCount(2);
  },
  "random graph and a ring": (core, two, n) => {
    const all = nodes(core, two, n);
    const draw = drawing();
    for (let i = 0; i < n; i++) {
      core.setRef(all[i], 0, all[draw(n)]);
      core.setRef(all[i], 1, all[(i + 1) % n]);
    }
    return keepFirst(core, all);
  },
  "boxed list, newest first": (core, two, n) => {
    newestFirst(core, two, n / 2, (i) => core.newFloat(i + 0.5));
    return n;
  },
  "boxed list, next first": (core, two, n) => {
    newestFirst(core, two, n / 2, (i) => core.newFloat(i + 0.5), 1);
    return n;
  },
  "structs in a list, newest first": (core, two, n) => {
    newestFirst(core, two, n / 2, () => core.alloc(two));
    return n;
  },
  "list of chunks of floats": (core, two, n) => {
    newestFirst(core, two, n / 130, () => chunk(core, (i) => core.newFloat(i + 0.5)));
    return n;
  },
  "list of chunks of structs": (core, two, n) => {
    newestFirst(core, two, n / 130, () => chunk(core, () => core.alloc(two)));
    return n;
  },
  comb: (core, two, n) => {
    newestFirst(core, two, n / 11, () => {
      let tooth = core.alloc(two);
      for (let i = 1; i < 10; i++) {
        const next = core.alloc(two);
        give(core, next, 0, tooth);
        tooth = next;
      }
      return tooth;
    });
    return n;
  },
  "deep tree, leaves first": (core, two, n) => {
    let level = nodes(core, two, n >>> 1);
    let made = level.length;
    while (level.length > 1) {
      const above = [];
      for (let i = 0; i + 1 < level.length; i += 2) {
        const node = core.alloc(two);
        made++;
        give(core, node, 0, level[i]);
        give(core, node, 1, level[i + 1]);
        above.push(node);
      }
      if (level.length & 1) above.push(level.at(-1));
      level = above;
    }
    return made;
  },
  "doubly linked ring": (core, two, n) => {
    const all = nodes(core, two, n);
    for (let i = 0; i < n; i++) {
      core.setRef(all[i], 0, all[(i + 1) % n]);
      core.setRef(all[i], 1, all[(i + n - 1) % n]);
    }
    return keepFirst(core, all);
  },
  "hub with a reference to each": (core, two, n) => {
    listOf(core, shuffle(nodes(core, two, n)));
    return n;
  },
  "list whose nodes refer to a hub": (core, two, n) => {
    const hub = core.alloc(two);
    newestFirst(core, two, n, () => (core.incref(hub), hub));
    return n;
  },
  "list at random addresses": (core, two, n) => {
    const all = shuffle(nodes(core, two, n));
    for (let i = 1; i < n; i++) core.setRef(all[i - 1], 0, all[i]);
    return keepFirst(core, all);
  },
  // The chain goes through memory at random, and each of its nodes holds a dead end at random: while the chain goes on,
  // the dead ends fill the mark stack.
  "list at random, with dead ends": (core, two, n) => {
    const all = shuffle(nodes(core, two, n));
    const half = n >>> 1;
    for (let i = 0; i < half; i++) {
      core.setRef(all[i], 0, all[half + i]);
      if (i + 1 < half) core.setRef(all[i], 1, all[i + 1]);
    }
    return keepFirst(core, all);
  },
};
