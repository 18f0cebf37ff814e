import { LIST_CAPACITY_OFFSET } from "../../assembly/layout.js";
import { beforeAll, describe, expect, test } from "vitest";
import { DictHandle, Handle, Heap, ListHandle, SetHandle, TupleHandle } from "../../src/index.js";
import type { StructType, Value } from "../../src/index.js";
import { howMany, seedOf, seededRandom } from "../support/random.js";
import { CORES } from "../support/heap.js";
import { START_TIMEOUT, startPython, textFunction } from "./python.js";

let play: (program: string) => string;
let playHooked: (program: string) => string;
let reprs: (codes: string) => string;

beforeAll(async () => {
  const python = await startPython("containers.py");
  play = textFunction(python, "play");
  playHooked = textFunction(python, "play_hooked");
  reprs = textFunction(python, "reprs");
}, START_TIMEOUT);

/** A value as both sides can make it. */
type Code = [kind: "none" | "bool" | "int" | "float" | "str" | "bytes" | "tuple" | "object" | "item", content: unknown];
type Step = [operation: string, ...rest: unknown[]];

const TEXTS = [
  "",
  "a",
  "b",
  "ab",
  "\0",
  "'",
  '"',
  "'\"",
  "\n\t\\",
  "é",
  "ÿ",
  "\u0100",
  "\ufeffx",
  "\u2028",
  "😀",
  "\u{10ffff}",
];
const INTS = ["0", "1", "-1", "2", "256", "257", "-5", "-6", "4294967296", "9007199254740993", "9223372036854775807"];
const FLOATS = [
  "0.0",
  "1.0",
  "2.0",
  "-0.0",
  "0.5",
  "-1.5",
  "1e300",
  "1e16",
  "123456789012345680.0",
  "1e-5",
  "0.0001",
  "inf",
];

/** How many, from the first seed on: a few, or what `npm run fuzz` asks for. */
const PROGRAMS = howMany(6);

/** What makes a new set of two, or asks about two. */
const ALGEBRA = [
  ...(["union", "intersection", "difference", "symmetricDifference"] as const),
  ...(["isSubsetOf", "isSupersetOf", "isDisjointFrom"] as const),
];

/** The list that is sorted now and then. */
const SORTED = 3;

class ProgramWriter {
  readonly steps: Step[] = [];
  readonly kinds: string[] = [];
  /** What can double the length of a `repr` is done so often at most. */
  #doublings = 20;
  readonly #sortsNumbers: boolean;

  /** `nests`: tuples may hold tuples. */
  constructor(
    readonly random: (bound: number) => number,
    readonly nests: boolean,
  ) {
    this.#sortsNumbers = random(2) === 0;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.random(values.length)] as T;
  }

  atom(): Code {
    switch (this.random(9)) {
      case 0:
        return ["none", null];
      case 1:
        return ["bool", this.random(2) === 1];
      case 2:
      case 3:
        return ["int", this.random(2) ? this.pick(INTS) : String(this.random(20) - 5)];
      case 4:
      case 5:
        return ["float", this.random(2) ? this.pick(FLOATS) : String(this.random(40) / 4)];
      case 6:
        return ["bytes", Array.from({ length: this.random(3) }, () => this.random(256))];
      default:
        return ["str", Array.from(this.pick(TEXTS), (character) => character.codePointAt(0))];
    }
  }

  /** Mostly what can be compared with the others of a program. */
  #sortable(): Code {
    if (this.random(40) === 0) return this.key();
    for (let code = this.atom(); ; code = this.atom()) {
      const isNumber = ["int", "float", "bool"].includes(code[0]);
      if (this.#sortsNumbers ? isNumber : code[0] === "str") return code;
    }
  }

  /** What may be a key: an atom, or a tuple of keys. */
  key(depth = 0): Code {
    if (depth === (this.nests ? 3 : 1) || this.random(5) > 0) return this.atom();
    return ["tuple", Array.from({ length: this.random(4) }, () => this.key(depth + 1))];
  }

  value(): Code {
    const kinds = this.nests ? ["list", "dict", "tuple"] : ["list", "dict"];
    return this.#object(kinds) ?? this.key();
  }

  #object(kinds: readonly string[]): Code | undefined {
    const other = this.random(this.kinds.length);
    if (this.random(4) > 0 || !kinds.includes(this.kinds[other] as string) || this.#doublings === 0) return undefined;
    this.#doublings--;
    return ["object", other];
  }

  /** A value that is no tuple. */
  part(): Code {
    return this.#object(["list", "dict"]) ?? this.atom();
  }

  index(): number {
    return this.random(14) - 6;
  }

  write(length: number): Step[] {
    for (const kind of ["list", "dict", "set", "list", "dict"]) this.#make(kind);
    while (this.steps.length < length) {
      if (this.random(20) === 0) this.steps.push(["collect", this.random(3)]);
      else if (this.random(20) === 0) {
        const parts = Array.from({ length: this.random(4) }, () => (this.nests ? this.value() : this.part()));
        this.steps.push(["makeTuple", ["tuple", parts]]);
        this.kinds.push("tuple");
      } else if (this.random(30) === 0) this.#make(this.pick(["list", "dict"]));
      else this.#operate(this.random(this.kinds.length));
    }
    return this.steps;
  }

  #make(kind: string): void {
    this.steps.push(["make", kind]);
    this.kinds.push(kind);
  }

  #operate(target: number): void {
    const kind = this.kinds[target] as string;
    // A list that holds itself is empty to CPython while it is sorted: one list has no lists in it.
    const isSorted = target === SORTED;
    const to = (operation: string, ...rest: unknown[]): void => {
      this.steps.push([operation, target, ...rest]);
    };
    const choice = this.random(16);
    if (kind === "list" && this.random(5) === 0) {
      const step = this.pick([-3, -2, -1, 1, 2, 3]);
      if (choice < 4) to("slice", this.index(), this.index(), step);
      else if (choice < 6) to("countOf", this.key());
      else if (!isSorted) {
        const values = this.#object(["list", "tuple"]) ?? this.part();
        if (choice < 12) to("setSlice", this.index(), this.index(), values);
        else to("setSlice", this.index(), this.index(), values, step);
      }
    } else if (kind === "list") {
      if (choice < 4) to("append", isSorted ? this.#sortable() : this.value());
      else if (choice === 4) to("insert", this.index(), isSorted ? this.#sortable() : this.value());
      else if (choice === 5) to("pop", this.index());
      else if (choice === 6) to("setItem", this.index(), isSorted ? this.#sortable() : this.value());
      else if (choice === 7) to("get", this.index());
      else if (choice === 8) to("removeRange", this.index(), this.index());
      else if (choice === 9) to("slice", this.index(), this.index());
      else if (choice === 10) to("indexOf", this.key());
      else if (choice === 11) to("remove", this.key());
      else if (choice === 12 || (isSorted && choice === 14)) {
        if (isSorted) to("sort");
      } else if (choice === 13) to("reverse");
      else if (choice === 14) {
        const other = this.#object(["list", "tuple"]);
        if (other !== undefined) to("extend", other);
      } else if (this.random(6) === 0) to("clear");
    } else if (kind === "dict") {
      if (choice < 5) to("set", this.random(20) ? this.key() : this.value(), this.value());
      else if (choice < 7) to("lookUp", this.random(10) ? this.key() : this.value());
      else if (choice < 9) to("has", this.key());
      else if (choice < 12) to("delete", this.key());
      else if (choice === 12) to("popItem");
      else if (choice === 13) to("setDefault", this.key(), this.value());
      else if (choice === 14) {
        const other = this.#object(["dict"]);
        if (other !== undefined) to("update", other);
      } else if (this.random(6) === 0) to("clear");
    } else if (kind === "set") {
      if (choice < 7) to("add", this.random(20) ? this.key() : this.value());
      else if (choice < 10) to("has", this.key());
      else if (choice < 12) to("discard", this.key());
      else if (choice < 15) to(this.pick(ALGEBRA), ["object", this.random(this.kinds.length)]);
      else if (this.random(6) === 0) to("clear");
    } else to("get", this.index());
  }
}

/**
 * Writes programs of operations that let items die, whose finalizers do the same again: append, insert and clear while
 * the container they are in is being emptied.
 */
class HookedProgramWriter {
  readonly #kinds = ["list", "dict", "set", "list", "dict"];
  #items = 0;

  constructor(readonly random: (bound: number) => number) {}

  write(length: number): Step[] {
    const steps = this.#kinds.map((kind): Step => ["make", kind]);
    while (steps.length < length) steps.push(this.#step(0));
    return steps;
  }

  #value(depth: number): Code {
    if (depth === 3 || this.random(2) === 0) return ["int", String(this.random(8))];
    return ["item", [this.#items++, Array.from({ length: this.random(3) }, () => this.#step(depth + 1))]];
  }

  /** `depth`: finalizers it is inside of. */
  #step(depth: number): Step {
    const target = this.random(this.#kinds.length);
    const index = (): number => this.random(10) - 3;
    const value = (): Code => this.#value(depth);
    const pick = (steps: (() => Step)[]): Step => (steps[this.random(steps.length)] as () => Step)();
    switch (this.#kinds[target]) {
      case "list":
        return pick([
          () => ["append", target, value()],
          () => ["append", target, value()],
          () => ["insert", target, index(), value()],
          () => ["insert", target, 0, value()],
          () => ["setItem", target, index(), value()],
          () => ["pop", target, index()],
          () => ["removeRange", target, index(), index()],
          () => ["removeRange", target, this.random(3), 9],
          () => ["setSlice", target, index(), index(), value()],
          () => ["setSlice", target, index(), index(), ["tuple", [value(), value()]]],
          () => ["setSlice", target, index(), index(), ["tuple", [value(), value()]], this.random(2) ? 2 : -1],
          () => ["clear", target],
        ]);
      case "dict":
        return pick([
          () => ["set", target, value(), value()],
          () => ["set", target, ["int", String(this.random(8))], value()],
          () => ["set", target, ["int", String(this.random(8))], value()],
          () => ["delete", target, ["int", String(this.random(8))]],
          () => ["setDefault", target, ["int", String(this.random(8))], value()],
          () => ["popItem", target],
          () => ["clear", target],
        ]);
      default:
        // Its elements die in an order of Python's own: so they are numbers.
        return pick([
          () => ["add", target, ["int", String(this.random(30))]],
          () => ["discard", target, ["int", String(this.random(30))]],
          () => ["clear", target],
        ]);
    }
  }
}

const ERRORS: Readonly<Record<string, string>> = {
  BAD_INDEX: "IndexError",
  BAD_KEY: "TypeError",
  BAD_VALUE: "TypeError",
};

/** Plays a program on a heap, and tells what `containers.py` tells. */
class Player {
  readonly objects: Handle[] = [];
  readonly told: unknown[] = [];
  /** What each item does when it dies. */
  readonly #deeds = new Map<number, readonly Step[]>();
  readonly #Item: StructType<{ n: "i32" }>;
  isOver = false;

  constructor(readonly heap: Heap) {
    this.#Item = heap.struct(
      "Item",
      { n: "i32" },
      {
        finalize: ({ n }) => {
          this.#end(n);
        },
      },
    );
  }

  valueOf([kind, content]: Code): Value {
    switch (kind) {
      case "object":
        return this.objects[content as number] as Handle;
      case "tuple":
        return this.heap.tuple((content as Code[]).map((part) => this.valueOf(part)));
      case "item": {
        const [n, deeds] = content as [number, Step[]];
        this.#deeds.set(n, deeds);
        return this.#Item.new({ n });
      }
      case "bytes":
        return Uint8Array.from(content as number[]);
      case "int":
        return this.heap.int(BigInt(content as string));
      case "float":
        return this.heap.float(Number((content as string).replace("inf", "Infinity")));
      case "str":
        return String.fromCodePoint(...(content as number[]));
      default:
        return content as Value;
    }
  }

  /** The `repr` of something read from the heap. */
  read(value: unknown): string {
    if (value instanceof SetHandle) return (this.show(value) as string[]).join(", ");
    if (value instanceof Handle) return value.repr();
    if (Array.isArray(value)) return value.map((part) => this.read(part)).join(", ");
    return value === undefined ? "None" : this.heap.from(value).repr();
  }

  show(target: Handle): string | string[] {
    if (!(target instanceof SetHandle)) return target.repr();
    return Array.from(target, (element) => this.read(element)).sort();
  }

  play(steps: readonly Step[]): void {
    for (const [operation, ...rest] of steps) {
      if (operation === "make") this.objects.push((this.heap[rest[0] as "list" | "dict" | "set"] as () => Handle)());
      else if (operation === "makeTuple") this.objects.push(this.valueOf(rest[0] as Code) as Handle);
      else if (operation === "collect") {
        this.heap.gc.collect(rest[0] as 0);
        this.told.push(this.objects.map((object) => object.isTracked));
      } else this.#operate(operation, rest);
      this.heap.verify();
    }
  }

  /** The same with finalizers: what an operation takes and returns dies after it is told what is there. */
  playHooked(steps: readonly Step[]): void {
    for (const [operation, ...rest] of steps) {
      if (operation === "make") {
        this.objects.push((this.heap[rest[0] as "list" | "dict" | "set"] as () => Handle)());
        continue;
      }
      const target = this.objects[rest[0] as number] as Handle;
      this.heap.scope(() => {
        this.told.push([this.#resultOf(operation, rest), this.show(target), capacityOf(target)]);
      });
      this.told.push(this.objects.map((object) => this.show(object)));
      this.heap.verify();
    }
    this.isOver = true;
  }

  /** The finalizer of an item. */
  #end(n: number): void {
    if (this.isOver) return;
    for (const [operation, ...rest] of this.#deeds.get(n) as Step[]) {
      const result = this.heap.scope(() => this.#resultOf(operation, rest));
      this.heap.verify();
      this.told.push([n, result, this.show(this.objects[rest[0] as number] as Handle)]);
    }
  }

  #operate(operation: string, rest: unknown[]): void {
    const target = this.objects[rest[0] as number] as Handle;
    this.told.push(
      this.heap.scope(() => [this.#resultOf(operation, rest), this.show(target), target.isTracked, capacityOf(target)]),
    );
  }

  /** What comes of an operation, as text. Handles are left to the caller's scope. */
  #resultOf(operation: string, [at, ...rest]: unknown[]): string {
    try {
      const parts = rest.map((part) => (Array.isArray(part) ? this.valueOf(part as Code) : part)) as never[];
      return this.read(operate(this.objects[at as number] as Handle, operation, parts));
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined || !(code in ERRORS)) throw error;
      return operation === "popItem" ? "KeyError" : (ERRORS[code] as string);
    }
  }
}

/** Places that a list has room for. */
function capacityOf(target: Handle): number | null {
  return target instanceof ListHandle ? target.store.memory.word(target.address + LIST_CAPACITY_OFFSET) : null;
}

/** Does one operation; what it returns is what Python's returns. */
function operate(target: Handle, operation: string, parts: readonly unknown[]): unknown {
  const [a, b, c, d] = parts as [never, never, never, never];
  if (target instanceof ListHandle) {
    if (operation === "setItem") target.set(a, b);
    else if (operation === "remove") target.remove(a);
    else if (operation === "countOf") return target.count(a);
    else if (operation === "setSlice") {
      const isSequence = (c as unknown) instanceof ListHandle || (c as unknown) instanceof TupleHandle;
      target.setSlice(a, b, isSequence ? c : [c], d);
    } else if (operation === "slice") return target.slice(a, b, c);
    else return (target as unknown as Record<string, (...rest: unknown[]) => unknown>)[operation]?.(a, b);
  } else if (target instanceof DictHandle) {
    if (operation === "lookUp") return target.get(a) ?? (target.has(a) ? null : "missing");
    if (operation === "has" || operation === "delete") return target[operation](a);
    if (operation === "setDefault") return target.setDefault(a, b);
    if (operation === "popItem") return target.popItem();
    if (operation === "set") target.set(a, b);
    else if (operation === "update") target.update(a);
    else target.clear();
  } else if (target instanceof SetHandle) {
    if (operation === "has") return target.has(a);
    if (operation === "discard") return target.delete(a);
    if (operation === "add") target.add(a);
    else if (operation === "clear") target.clear();
    else return target[operation as (typeof ALGEBRA)[number]](a);
  } else return (target as TupleHandle).get(a);
  return undefined;
}

/** Python's view of a program, and the heap's. */
function bothPlay(options: Parameters<typeof Heap.createSync>[0], steps: readonly Step[]): [unknown[], unknown[]] {
  const heap = Heap.createSync({ ...options });
  heap.gc.disable();
  const player = new Player(heap);
  player.play(steps);
  heap.dispose();
  return [JSON.parse(play(JSON.stringify(steps))) as unknown[], player.told];
}

describe.each(CORES)("containers behave like CPython's, %s core", (_, options) => {
  test.each([
    // CPython's scan turns the order of tuples in tuples round, so that it may take several collections
    // until it tracks none of them. Ours takes one.
    { nests: false, what: "and track what CPython tracks" },
    { nests: true, what: "with tuples in tuples" },
  ])("in random programs, $what", ({ nests }) => {
    const first = seedOf(1);
    for (let seed = first; seed < first + PROGRAMS; seed++) {
      const steps = new ProgramWriter(seededRandom(seed), nests).write(300);
      const [python, heap] = bothPlay(options(), steps);
      expect(heap.length).toBeGreaterThan(250);
      const told = steps.filter(([operation]) => !operation.startsWith("make"));
      for (const [i, step] of told.entries()) {
        if (nests && step[0] === "collect") continue;
        const compared = (side: unknown[]): unknown => (nests ? (side[i] as unknown[]).slice(0, 2) : side[i]);
        expect(compared(heap), `seed ${seed}, step ${i}: ${JSON.stringify(step)}`).toEqual(compared(python));
      }
    }
  });

  test("when finalizers change the container that is being cleared, and others", () => {
    const first = seedOf(1);
    let hooks = 0;
    for (let seed = first; seed < first + PROGRAMS; seed++) {
      const steps = new HookedProgramWriter(seededRandom(seed)).write(300);
      const errors: unknown[] = [];
      const heap = Heap.createSync({ ...options(), onUnraisable: (error) => errors.push(error) });
      heap.gc.disable();
      const player = new Player(heap);
      player.playHooked(steps);
      heap.dispose();
      expect(errors, `seed ${seed}`).toEqual([]);
      const python = JSON.parse(playHooked(JSON.stringify(steps))) as unknown[];
      for (const [i, told] of player.told.entries()) expect(told, `seed ${seed}, event ${i}`).toEqual(python[i]);
      expect(player.told.length, `seed ${seed}`).toBe(python.length);
      hooks += player.told.length - 2 * steps.length;
    }
    expect(hooks).toBeGreaterThan(20 * PROGRAMS);
  });

  test("a value is written like `repr` writes it", () => {
    const seed = seedOf(1);
    const random = seededRandom(seed);
    const codes: Code[] = TEXTS.map((text) => ["str", Array.from(text, (character) => character.codePointAt(0))]);
    for (const text of [...INTS, "-9223372036854775808"]) codes.push(["int", text]);
    for (const text of [...FLOATS, "nan", "-inf", "5e-324", "1.7976931348623157e308"]) codes.push(["float", text]);
    const bytes = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < 2000; i++) {
      bytes.setUint32(0, random(2 ** 32));
      bytes.setUint32(4, random(2 ** 32));
      codes.push(["float", String(bytes.getFloat64(0)).replace("Infinity", "inf").replace("NaN", "nan")]);
      codes.push(["float", String((random(1e9) / 1e4) * 10 ** (random(20) - 6))]);
    }
    for (let code = 0; code < 0x3000; code++) if (code < 0xd800) codes.push(["str", [code, 0x27]]);
    for (let byte = 0; byte < 256; byte++) codes.push(["bytes", [byte, 0x22]]);
    const heap = Heap.createSync(options());
    const player = new Player(heap);
    const ours = codes.map((code) =>
      heap.scope(() =>
        heap
          .tuple([player.valueOf(code)])
          .repr()
          .slice(1, -2),
      ),
    );
    const pythons = JSON.parse(reprs(JSON.stringify(codes))) as (string | null)[];
    const different = codes.flatMap((code, i) =>
      pythons[i] === null || ours[i] === pythons[i] ? [] : [[code, ours[i], pythons[i]]],
    );
    expect(different, `seed ${seed}`).toEqual([]);
  });
});
