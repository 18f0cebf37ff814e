import type { Generation } from "../../src/index.js";
import type { Random } from "../support/program.js";
import { pick } from "../support/program.js";

/** Places that hold an object or a weak reference, as variables of a program do. */
export const ROOTS = 10;
/** The first so many are mostly objects, the rest mostly weak references. */
const OBJECT_ROOTS = 7;

/** How many slots an object can have. */
export const SLOTS = [2, 3, 4];

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
  | ["unwatch", index: number]
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
  | ["forget", index: number]
  | ["finalize", root: number, hook: Action[]]
  | ["callFinalizer", index: number]
  | ["peek", index: number]
  | ["detach", index: number]
  | ["saveAll", isOn: boolean]
  | ["emptyGarbage"]
  | ["freeze"]
  | ["unfreeze"]
  | ["watch", hook: Action[]]
  | ["unwatch", index: number]
  | ["referrers", root: number]
  | ["referents", root: number]
  // Written by `tame` alone.
  | ["settle"]
  | ["forgetAll"]
  | ["pin"]
  | ["all", steps: Step[]];

/**
 * What hooks of a program do. Those of one collection run in different orders on the two sides (D4): `commuting`
 * hooks lead to the same whatever the order.
 */
export type Profile = "commuting" | "any";

/** Writes random programs. */
export class ProgramWriter {
  readonly #steps: Step[] = [];

  /**
   * A program either freezes, or has finalizers of `weakref.finalize` and saves garbage: those are other objects on
   * either side, which would be counted among the frozen ones. Few do: to CPython they make all of the interpreter
   * come and go.
   */
  readonly #freezes: boolean;

  constructor(
    readonly random: Random,
    readonly profile: Profile,
  ) {
    this.#freezes = random(25) === 0;
  }

  write(length: number): Step[] {
    while (this.#steps.length < length) {
      if (this.random(3)) this.#tangle();
      for (let left = this.random(8); left > 0; left--) this.#steps.push(this.#step());
    }
    return this.#steps.slice(0, length);
  }

  /** What a function writes, as one step. */
  #together(write: () => void): void {
    const start = this.#steps.length;
    write();
    this.#steps.push(["all", this.#steps.splice(start)]);
  }

  /** A ring of some objects, more or less, with what else holds them, weakly or not, let go and collected. */
  #tangle(): void {
    const roots = Array.from({ length: OBJECT_ROOTS }, (_, root) => root);
    const members: number[] = [];
    this.#together(() => {
      for (let left = 1 + this.random(6); left > 0; left--) {
        const [root] = roots.splice(this.random(roots.length), 1) as [number];
        members.push(root);
        if (this.random(4)) this.#add(["new", root, 2 + this.random(3), this.random(3) ? this.#finalizer(0) : null]);
      }
    });
    this.#together(() => {
      for (const [i, root] of members.entries()) {
        if (this.random(20)) this.#add(["set", root, 0, members[(i + 1) % members.length] as number]);
        if (this.random(3) === 0) this.#add(["set", root, 1 + this.random(3), this.random(2) ? this.#root() : root]);
        if (this.random(3) === 0) this.#addInner(root, pick(this.random, roots));
        if (this.random(2) === 0) this.#addWeak(root, this.#weakRoot(), members);
      }
    });
    if (this.random(3) === 0) this.#add(["collect", this.random(3) as Generation]);
    this.#together(() => {
      for (const root of members) if (this.random(12)) this.#add(["drop", root]);
    });
    if (this.random(8)) this.#add(["collect", this.random(2) ? 2 : (this.random(3) as Generation)]);
  }

  /** An object that only another one holds. */
  #addInner(root: number, through: number): void {
    this.#add(["new", through, 2, this.random(3) ? this.#finalizer(0) : null]);
    this.#add(["set", root, 1 + this.random(3), through]);
    if (this.random(2)) this.#add(["set", through, this.#slot(), this.#root()]);
    this.#add(["drop", through]);
  }

  /** A weak reference, held from outside or from inside. */
  #addWeak(root: number, to: number, members: readonly number[]): void {
    this.#add(["weak", root, to, this.random(3) ? this.#callback(0) : null]);
    if (this.random(2)) return;
    this.#add(["set", pick(this.random, members), 1 + this.random(3), to]);
    this.#add(["drop", to]);
  }

  /** Now and then something else happens in between. */
  #add(step: Step): void {
    if (this.random(20) === 0) this.#steps.push(this.#step());
    this.#steps.push(step);
  }

  #root(): number {
    return this.random(ROOTS);
  }
  #objectRoot(): number {
    return this.random(OBJECT_ROOTS);
  }
  #weakRoot(): number {
    return OBJECT_ROOTS + this.random(ROOTS - OBJECT_ROOTS);
  }
  #slot(): number {
    return this.random(4);
  }

  #new(): Step {
    return ["new", this.#objectRoot(), 2 + this.random(3), this.random(2) ? this.#finalizer(0) : null];
  }

  #step(): Step {
    const choice = this.random(120);
    if (choice >= 100) return this.#rareStep();
    if (choice < 20) return this.#new();
    if (choice < 50) return ["set", this.#objectRoot(), this.#slot(), this.#root()];
    if (choice < 55) return ["clear", this.#root(), this.#slot()];
    if (choice < 62) return ["drop", this.#root()];
    if (choice < 65) return ["copy", this.#root(), this.#root()];
    if (choice < 70) return ["follow", this.#root(), this.#slot(), this.#root()];
    if (choice < 82) return ["weak", this.#root(), this.#weakRoot(), this.random(3) ? this.#callback(0) : null];
    if (choice < 88) return ["deref", this.#weakRoot(), this.#root()];
    if (choice < 94) return ["forget", this.random(8)];
    return ["collect", this.random(3) as Generation];
  }

  #rareStep(): Step {
    switch (this.random(12)) {
      case 0:
      case 1:
        return ["referrers", this.#root()];
      case 2:
        return ["referents", this.#root()];
      case 3:
        return ["watch", this.#watcher()];
      case 4:
        return ["unwatch", this.random(8)];
      default:
        return this.#freezes ? this.#freezingStep() : this.#finalizingStep();
    }
  }

  #freezingStep(): Step {
    return this.random(2) ? ["freeze"] : ["unfreeze"];
  }

  #finalizingStep(): Step {
    switch (this.random(9)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return ["finalize", this.#objectRoot(), this.#callback(0)];
      case 4:
        return ["callFinalizer", this.random(8)];
      case 5:
        return ["peek", this.random(8)];
      case 6:
        return ["detach", this.random(8)];
      case 7:
        return this.random(2) ? ["saveAll", this.random(2) > 0] : ["saveAll", false];
      default:
        return ["emptyGarbage"];
    }
  }

  #finalizer(depth: number): Action[] {
    return this.#hook(() => {
      const choice = this.random(this.profile === "any" ? 13 : 7);
      if (choice === 0) return ["keep"];
      if (choice === 1) return ["keepSlot", this.#slot()];
      if (choice === 2) return ["new", pick(this.random, ["kept", "cycle", "none"] as const), this.#nested(depth)];
      if (choice === 3) return ["collect", this.random(3) as Generation];
      if (choice === 4) return ["raise"];
      if (choice < 7) return ["deref", this.#weakRoot()];
      if (choice === 7) return ["clear"];
      if (choice === 8) return ["link", this.#slot(), this.#root(), this.#slot()];
      if (choice === 9) return ["toRoot", this.#root()];
      if (choice === 10) return ["new", "slot", this.#nested(depth)];
      if (choice === 11) return ["drop", this.#root()];
      return ["weak", this.#weakRoot(), this.random(2) ? this.#callback(depth + 1) : null];
    });
  }

  #callback(depth: number): Action[] {
    return this.#hook(() => {
      const choice = this.random(this.profile === "any" ? 7 : 6);
      if (choice === 0) return ["new", pick(this.random, ["kept", "cycle", "none"] as const), this.#nested(depth)];
      if (choice === 1) return ["collect", this.random(3) as Generation];
      if (choice === 2) return ["raise"];
      if (choice < 6) return ["deref", this.#weakRoot()];
      return ["drop", this.#root()];
    });
  }

  /** What a callback of collections does, at the start and at the end of each. */
  #watcher(): Action[] {
    return this.#hook(() => {
      const choice = this.random(10);
      if (choice < 4) return ["new", pick(this.random, ["kept", "cycle", "none"] as const), this.#nested(0)];
      if (choice === 4) return ["collect", this.random(3) as Generation];
      if (choice === 5) return ["raise"];
      if (choice === 6) return ["unwatch", this.random(4)];
      if (choice === 7) return ["drop", this.#root()];
      return ["deref", this.#weakRoot()];
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
