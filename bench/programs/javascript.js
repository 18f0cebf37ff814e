// The workloads in JavaScript, for every engine that runs it: an expression whose value is the program. See `bench/subjects/program.mjs`.

(() => {
  const SEED = 12345;
  const OTHERS_SEED = 67890;
  let state = SEED;

  function draw(bound) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  }

  let held = null;
  let sink = null;

  function churn(count) {
    for (let i = 0; i < count; i++) sink = { a: null, b: null };
  }

  function tree(depth) {
    return depth === 0 ? { a: null, b: null } : { a: tree(depth - 1), b: tree(depth - 1) };
  }
  function trees(depth) {
    sink = tree(depth);
    sink = null;
  }
  function countNodes(node) {
    return node === null ? 0 : 1 + countNodes(node.a) + countNodes(node.b);
  }
  function treeNodes(depth) {
    return countNodes(tree(depth));
  }

  function chain(count) {
    let head = null;
    for (let i = 0; i < count; i++) head = { a: head, b: null };
    held = head;
  }
  function drop() {
    held = null;
    sink = null;
  }

  function fill(count) {
    held = [];
    for (let i = 0; i < count; i++) held.push({ a: null, b: null });
  }
  function redraw() {
    state = SEED;
    for (let i = 0; i < held.length; i++) {
      const object = held[i];
      object.a = held[draw(held.length)];
      object.b = held[draw(held.length)];
    }
  }
  function graph(count) {
    fill(count);
    redraw();
  }
  function sequence(count) {
    fill(count);
    for (let i = 0; i < count; i++) {
      if (i + 1 < count) held[i].a = held[i + 1];
      if (i > 0) held[i].b = held[i - 1];
    }
  }
  function age(replacements) {
    state = OTHERS_SEED;
    for (let i = 0; i < replacements; i++) {
      const index = draw(held.length);
      const object = { a: null, b: null };
      object.a = held[draw(held.length)];
      object.b = held[draw(held.length)];
      held[index].a = null;
      held[index].b = null;
      held[index] = object;
    }
  }
  function edges() {
    const { length } = held;
    let right = 0;
    if (length > 1 && held[0].a === held[1] && held[0].b === null) {
      for (let i = 0; i < length; i++) {
        if (held[i].a === (i + 1 < length ? held[i + 1] : null)) right++;
        if (held[i].b === (i > 0 ? held[i - 1] : null)) right++;
      }
      return right;
    }
    state = SEED;
    for (let i = 0; i < length; i++) {
      if (held[i].a === held[draw(length)]) right++;
      if (held[i].b === held[draw(length)]) right++;
    }
    return right;
  }
  function keepFirst() {
    held = held[0];
  }
  function alive() {
    const seen = new Set();
    const pending = Array.isArray(held) ? held.slice() : [held];
    while (pending.length > 0) {
      const node = pending.pop();
      if (node === null || typeof node !== "object" || seen.has(node)) continue;
      seen.add(node);
      pending.push(node.a, node.b);
    }
    return seen.size;
  }

  function prepend(head, value) {
    return { a: value, b: head };
  }
  function boxed(count) {
    let head = null;
    for (let i = 0; i < count >>> 1; i++) head = prepend(head, i + 0.5);
    held = head;
  }
  function comb(count) {
    let head = null;
    for (let i = 0; i < Math.floor(count / 11); i++) {
      let tooth = { a: null, b: null };
      for (let j = 1; j < 10; j++) tooth = { a: tooth, b: null };
      head = prepend(head, tooth);
    }
    held = head;
  }
  function hub(count) {
    fill(count);
    state = OTHERS_SEED;
    for (let i = count - 1; i > 0; i--) {
      const j = draw(i + 1);
      [held[i], held[j]] = [held[j], held[i]];
    }
  }
  function weakMap(count) {
    fill(count);
    const keys = held;
    const map = new WeakMap();
    for (let i = 0; i < count; i++) map.set(keys[i], keys[Math.max(0, i - 1)]);
    held = { a: keys, b: map };
  }

  function cycle() {
    const a = { a: null, b: null };
    a.a = { a, b: null };
    return a;
  }
  function cycles(count) {
    for (let i = 0; i < count; i += 2) sink = cycle();
    sink = null;
  }
  /** Held until all are made: a collector that cannot be turned off would have had some of them already. */
  function garbage(count) {
    const all = [];
    for (let i = 0; i < count; i += 2) all.push(cycle());
  }
  function ring(objects) {
    held = [];
    state = OTHERS_SEED;
    for (let i = 0; i < objects; i += 2) held.push(cycle());
  }
  function replace(count) {
    for (let i = 0; i < count; i++) held[draw(held.length)] = cycle();
  }

  return {
    churn,
    trees,
    treeNodes,
    chain,
    drop,
    graph,
    sequence,
    age,
    redraw,
    edges,
    keepFirst,
    boxed,
    comb,
    hub,
    weakMap,
    alive,
    cycles,
    garbage,
    ring,
    replace,
  };
})();
