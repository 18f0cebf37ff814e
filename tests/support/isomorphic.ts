/**
 * Where two values of JavaScript differ: in a part, its type, the order of keys, or in which of their parts are
 * one and the same. `undefined` if nowhere. A loop, so that depth is no limit.
 */
export function difference(a: unknown, b: unknown): string | undefined {
  const there = new Map<object, object>();
  const back = new Map<object, object>();
  const pending: [unknown, unknown][] = [[a, b]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [x, y] = pair;
    if (typeof x !== "object" || x === null || typeof y !== "object" || y === null) {
      if (!Object.is(x, y)) return `${String(x)} became ${String(y)}`;
      continue;
    }
    if (x instanceof Uint8Array) {
      if (!(y instanceof Uint8Array) || x.join() !== y.join()) return "bytes differ";
      continue; // copied each time
    }
    if (there.has(x) || back.has(y)) {
      if (there.get(x) !== y || back.get(y) !== x) return "what is shared differs";
      continue;
    }
    there.set(x, y);
    back.set(y, x);
    if (Object.getPrototypeOf(x) !== Object.getPrototypeOf(y)) return "prototypes differ";
    const [parts, others] = [partsOf(x), partsOf(y)];
    if (parts.length !== others.length) return `${parts.length} parts became ${others.length}`;
    for (let i = 0; i < parts.length; i++) pending.push([parts[i], others[i]]);
  }
  return undefined;
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  return Array.isArray(value) ? value : Object.entries(value).flat();
}
