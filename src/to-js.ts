import type { Store } from "./store.js";
import type { Address } from "./wasm/exports.js";

/** The object at an address as plain JavaScript. Shared parts stay shared, cycles closed; depth is no limit. */
export function toJS(store: Store, root: Address): unknown {
  const made = new Map<Address, unknown>();
  const pending: ((convert: (address: Address) => unknown) => void)[] = [];
  const convert = (address: Address): unknown => {
    if (address === 0) return null;
    if (made.has(address)) return made.get(address);
    const { value, fill } = store.typeAt(address).shell(store, address);
    if (fill !== undefined) {
      made.set(address, value);
      pending.push(fill);
    }
    return value;
  };
  const result = convert(root);
  for (let fill = pending.pop(); fill !== undefined; fill = pending.pop()) fill(convert);
  return result;
}
