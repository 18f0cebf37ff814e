import type { Generation } from "../../src/index.js";
import type { Random } from "../support/program.js";
import { pick } from "../support/program.js";

/** Places that hold an object or a weak reference, as variables of a program do. */
export const ROOTS = 8;

/** What a finalizer or callback does. None: there is no finalizer, or no callback. */
export type Hook = Action[] | null;

/** Something a hook does to the object that dies. It does nothing where what it takes is not there. */
export type Action =
  | ["keep"]
  | ["keepSlot", slot: number]
  | ["clear"]
  | ["link", slot: number, root: number, other: number]
  | ["toRoot", root: number]
  | ["new", place: Place, hook: Hook]
  | ["collect", generation: Generation]
  | ["raise"]
  | ["drop", root: number]
  | ["deref", root: number]
  | ["weak", root: number, hook: Hook];
/** Where a hook puts what it creates: among what is kept, into the object that dies, into itself, nowhere. */
export type Place = "kept" | "slot" | "cycle" | "none";

/** An operation of a program. */
export type Step =
  | ["new", root: number, slots: number, hook: Hook]
  | ["set", root: number, slot: number, value: number]
  | ["clear", root: number, slot: number]
  | ["drop", root: number]
  | ["copy", root: number, to: number]
  | ["follow", root: number, slot: number, to: number]
  | ["weak", root: number, to: number, hook: Hook]
  | ["deref", root: number, to: number]
  | ["collect", generation: Generation]
  | ["forget", index: number];

/**
 * What hooks of a program do. Those of one collection run in different orders on the two sides (D4): `commuting`
 * hooks lead to the same whatever the order.
 */
export type Profile = "commuting" | "any";

/** Writes random programs. */
export class ProgramWriter {
  constructor(
    readonly random: Random,
    readonly profile: Profile,
  ) {}

  write(length: number): Step[] {
    const steps: Step[] = [];
    while (steps.length < length) steps.push(steps.length < 4 ? this.#new() : this.#step());
    return steps;
  }

  #root(): number {
    return this.random(ROOTS);
  }
  #slot(): number {
    return this.random(4);
  }

  #new(): Step {
    return ["new", this.#root(), 2 + this.random(3), this.random(2) ? this.#finalizer(0) : null];
  }

  #step(): Step {
    const choice = this.random(100);
    if (choice < 18) return this.#new();
    if (choice < 44) return ["set", this.#root(), this.#slot(), this.#root()];
    if (choice < 49) return ["clear", this.#root(), this.#slot()];
    if (choice < 63) return ["drop", this.#root()];
    if (choice < 66) return ["copy", this.#root(), this.#root()];
    if (choice < 71) return ["follow", this.#root(), this.#slot(), this.#root()];
    if (choice < 82) return ["weak", this.#root(), this.#root(), this.random(3) ? this.#callback(0) : null];
    if (choice < 85) return ["deref", this.#root(), this.#root()];
    if (choice < 88) return ["forget", this.random(8)];
    return ["collect", this.random(3) as Generation];
  }

  #finalizer(depth: number): Action[] {
    return this.#hook(() => {
      const choice = this.random(this.profile === "any" ? 13 : 7);
      if (choice === 0) return ["keep"];
      if (choice === 1) return ["keepSlot", this.#slot()];
      if (choice === 2) return ["new", pick(this.random, ["kept", "cycle", "none"] as const), this.#nested(depth)];
      if (choice === 3) return ["collect", this.random(3) as Generation];
      if (choice === 4) return ["raise"];
      if (choice < 7) return ["deref", this.#root()];
      if (choice === 7) return ["clear"];
      if (choice === 8) return ["link", this.#slot(), this.#root(), this.#slot()];
      if (choice === 9) return ["toRoot", this.#root()];
      if (choice === 10) return ["new", "slot", this.#nested(depth)];
      if (choice === 11) return ["drop", this.#root()];
      return ["weak", this.#root(), this.random(2) ? this.#callback(depth + 1) : null];
    });
  }

  #callback(depth: number): Action[] {
    return this.#hook(() => {
      const choice = this.random(this.profile === "any" ? 7 : 6);
      if (choice === 0) return ["new", pick(this.random, ["kept", "cycle", "none"] as const), this.#nested(depth)];
      if (choice === 1) return ["collect", this.random(3) as Generation];
      if (choice === 2) return ["raise"];
      if (choice < 6) return ["deref", this.#root()];
      return ["drop", this.#root()];
    });
  }

  /** Of an object that a hook creates. */
  #nested(depth: number): Hook {
    return depth < 2 && this.random(3) === 0 ? this.#finalizer(depth + 1) : null;
  }

  /** Half of them only record that they ran. */
  #hook(action: () => Action): Action[] {
    return this.random(2) ? [] : Array.from({ length: 1 + this.random(2) }, action);
  }
}
