// A heap with bounded pauses, and what in it is scanned in parts.

import { expect } from "vitest";
import { PHASE_IDLE } from "../../assembly/layout.js";
import type { ControlField } from "../../src/wasm/control-fields.js";
import { fieldOf, startCore } from "../support/core.js";
import type { Build, Core } from "../support/core.js";

/** Slots, or entries: several parts. */
export const MANY = 1300;

export class World {
  readonly core: Core;
  readonly node: number;
  readonly leaf: number;
  onFinalize = (): void => undefined;

  constructor(build: Build) {
    this.core = startCore(build, {
      finalize: () => {
        this.onFinalize();
      },
    });
    this.core.setThresholds(1_000_000_000, 10, 10);
    this.core.setBounded(1);
    this.node = this.core.defineType(8, 2, 0);
    this.leaf = this.core.defineType(8, 0, 0);
    // Without anything that grows old no cycle begins.
    this.newNode();
  }

  field(name: ControlField): number {
    return fieldOf(this.core, name);
  }

  /** Gives a reference away. */
  give(object: number, to: (object: number) => unknown): number {
    to(object);
    this.core.decref(object);
    return object;
  }

  /** An object that holds another one, which nothing else does. */
  newNode(): number {
    const node = this.core.alloc(this.node) >>> 0;
    this.give(this.core.alloc(this.node), (inner) => this.core.setRef(node, 0, inner));
    return node;
  }

  newNodes(count: number, to: (node: number, index: number) => unknown): number[] {
    return Array.from({ length: count }, (_, i) => this.give(this.newNode(), (node) => to(node, i)));
  }

  newList(): { list: number; items: number[] } {
    const list = this.core.newList(0) >>> 0;
    return { list, items: this.newNodes(MANY, (item) => this.core.listAppend(list, item)) };
  }

  /** A key of as many maps; to be given a value in each. */
  newKey(): { key: number; maps: number[] } {
    const key = this.newNode();
    return { key, maps: Array.from({ length: MANY }, () => this.core.newWeakMap(0) >>> 0) };
  }

  /** A map and as many keys, on pages in front of its own: they are marked, and scanned, before it. */
  newMap(): { map: number; keys: number[] } {
    const keys = Array.from({ length: MANY }, () => this.core.alloc(this.node) >>> 0);
    const filler = [0];
    while ((filler[0] as number) >>> 16 <= (keys.at(-1) as number) >>> 16)
      filler.unshift(this.core.newWeakMap(0) >>> 0);
    const map = filler.shift() as number;
    for (const object of filler) if (object) this.core.decref(object);
    return { map, keys };
  }

  /** Makes each of them a key or a map of an entry with the other, whose value is a node. */
  enter(maps: readonly number[], keys: readonly number[]): number[] {
    const [count, at] = [
      Math.max(maps.length, keys.length),
      (all: readonly number[], i: number) => all[i % all.length] as number,
    ];
    return this.newNodes(count, (value, i) => this.core.weakMapSet(at(maps, i), at(keys, i), value));
  }

  newDict(fill: (i: number) => number): number {
    const dict = this.core.newDict(MANY) >>> 0;
    for (let i = 0; i < MANY; i++)
      this.give(this.core.newInt(i, 0, 0), (key) => this.give(fill(i), (item) => this.core.dictSet(dict, key, item)));
    return dict;
  }

  /** Goes on until the object is scanned in parts, and so many of them are done. */
  reach(object: number, parts: number): void {
    this.core.collect(1);
    for (let [steps, met, before] = [0, -1, ""]; met < parts; steps++) {
      if (steps > 50_000) throw new Error(`of this object no ${parts} parts are scanned`);
      this.core.step(1);
      if (this.field("partial") !== object) continue;
      const at = `${this.field("partialStage")} ${this.field("partialSlot")} ${this.field("partialEntry")}`;
      if (at !== before) met++;
      before = at;
    }
    this.verify();
  }

  finish(): void {
    for (let steps = 0; this.core.phase() !== PHASE_IDLE || this.core.waiting(); steps++) {
      if (steps > 50_000) throw new Error("the cycle does not end");
      this.core.step(3000);
      this.verify();
    }
  }

  verify(): void {
    expect(this.core.verify()).toBe(0);
  }
}
