// What a program with weak references and weak maps has asked for, in plain JavaScript: who is held, what is in whose
// slot, what is in which map. From that follows what must be alive, and what every map must say.

/** Kinds of objects. The first three are not tracked by collections; a tuple is not either, once it is seen to hold atoms. */
export const KINDS = ["leaf", "bigint", "tuple", "node", "loud", "map", "set", "weakref"] as const;
export type Kind = (typeof KINDS)[number];

export interface Thing {
  readonly id: number;
  readonly kind: Kind;
  readonly address: number;
  /** References from outside. */
  roots: number;
  readonly slots: (Thing | null)[];
  /** Of a map or set: its entries, the oldest first. A set's values are null. */
  readonly entries: Map<Thing, Thing | null>;
  isFinalized: boolean;
  /** Whether it was unreachable at some time: then weak references to it may have been cleared, though it lives on. */
  wasGarbage: boolean;
  isDead: boolean;
  /** Of a weak reference: what it refers to, its callback or 0, and how often that was called. */
  readonly referent: Thing | undefined;
  readonly callback: number;
  calls: number;
}

export class Model {
  readonly things = new Set<Thing>();
  readonly byAddress = new Map<number, Thing>();
  /** Things that a hook under way was given. */
  readonly lent: Thing[] = [];
  #lastId = 0;

  add(kind: Kind, address: number, of: Partial<Pick<Thing, "slots" | "referent" | "callback">> = {}): Thing {
    const before = this.byAddress.get(address);
    if (before) this.bury(before);
    const thing: Thing = {
      id: ++this.#lastId,
      kind,
      address,
      roots: 1,
      slots: [],
      entries: new Map<Thing, Thing | null>(),
      isFinalized: false,
      wasGarbage: false,
      isDead: false,
      referent: undefined,
      callback: 0,
      calls: 0,
      ...of,
    };
    this.things.add(thing);
    this.byAddress.set(address, thing);
    return thing;
  }

  /** The heap has freed it. */
  bury(thing: Thing): void {
    if (this.reachable().has(thing)) throw new Error(`${nameOf(thing)} is reachable, and died`);
    if (thing.kind === "loud" && !thing.isFinalized) throw new Error(`${nameOf(thing)} died without its finalizer`);
    thing.isDead = true;
    this.things.delete(thing);
    if (this.byAddress.get(thing.address) === thing) this.byAddress.delete(thing.address);
    for (const { entries } of this.things) entries.delete(thing);
  }

  held(): Thing[] {
    return [...this.things].filter(({ roots }) => roots > 0);
  }

  /** What roots reach: by slots, and from a map and a key together by their entry. */
  reachable(): Set<Thing> {
    const found = new Set([...this.held(), ...this.lent]);
    for (let before = -1; before !== found.size;) {
      before = found.size;
      for (const { slots } of found) for (const slot of slots) if (slot) found.add(slot);
      for (const { entries } of found)
        for (const [key, value] of entries) if (value && found.has(key)) found.add(value);
    }
    return found;
  }

  noteGarbage(): void {
    const reachable = this.reachable();
    for (const thing of this.things) if (!reachable.has(thing)) thing.wasGarbage = true;
  }
}

export function nameOf({ kind, id, address }: Thing): string {
  return `${kind} ${id} at 0x${address.toString(16)}`;
}
