// Random programs on a heap that can be saved and restored at any step: what they do depends on their seed alone,
// and everything they hold they hold by handles, which a restored heap gives back by address.

import { adoptOrphan, compact, orphans, restoreSync, save, trim } from "../../src/image.js";
import type { RestoreOptions } from "../../src/image.js";
import { Handle, Heap } from "../../src/index.js";
import type {
  Atom,
  DictHandle,
  HeapOptions,
  ListHandle,
  SetHandle,
  StructType,
  WeakKeyMapHandle,
  WeakSetHandle,
} from "../../src/index.js";
import { readFrame } from "../../src/image/format.js";
import { seededRandom } from "../support/random.js";
import { pick } from "../support/program.js";
import type { Random } from "../support/program.js";

type SyncOptions = HeapOptions<WebAssembly.Module | BufferSource>;

const SLOTS = 24;
type Node = StructType<{ a: "ref"; b: "ref"; any: "value"; text: "str"; x: "f64"; y: "u16" }>;

export class ImageProgram {
  readonly #options: SyncOptions;
  readonly #random: Random;
  heap: Heap;
  readonly handles: (Handle | null)[] = Array.from({ length: SLOTS }, () => null);
  /** What finalizers saw, in order. */
  readonly events: string[] = [];
  /** Kept when the step is over: what is in use now must not be released. */
  readonly #resurrected: Handle[] = [];
  #types!: { Node: Node; Loud: Node; Leaf: StructType<{ id: "i64"; z: "f32" }> };

  constructor(seed: number, options: SyncOptions) {
    this.#options = options;
    this.#random = seededRandom(seed);
    this.heap = Heap.createSync({ ...options, hashSeed: seed, thresholds: [20, 3, 2] });
    this.#define();
  }

  #define(): void {
    const { heap } = this;
    const fields = { a: "ref", b: "ref", any: "value", text: "str", x: "f64", y: "u16" } as const;
    const Node = heap.struct("Node", fields);
    const Loud = heap.struct("Loud", fields, {
      finalize: (loud) => {
        this.events.push(`${loud.x} ${loud.y} ${loud.text}`);
        // Some come back once.
        if (loud.y % 3 === 0) this.#resurrected.push(loud.clone());
      },
    });
    const Leaf = heap.struct("Leaf", { id: "i64", z: "f32" });
    this.#types = { Node, Loud, Leaf };
  }

  /** Saves the heap, ends it, and goes on with what was saved. */
  interrupt(): void {
    const image = save(this.heap);
    const restored = this.#restore(image, {});
    const again = save(restored);
    if (Buffer.compare(image, again) !== 0) throw new Error("the image of the restored heap is another");
    this.#goOn(restored, new Map());
  }

  /** The same, in images whose objects were moved: by who saves, or by who restores. */
  move(by: "save" | "restore"): void {
    const image = save(this.heap);
    const compact = by === "restore";
    const restored = this.#restore(compact ? image : save(this.heap, { compact: true }), compact ? { compact } : {});
    restored.verify();
    const [before, after] = [addressesHeld(image), addressesHeld(save(restored))];
    this.#goOn(restored, new Map(before.map((address, i) => [address, after[i] as number])));
  }

  /** Moves the objects, and goes on. */
  compact(): void {
    const before = this.held;
    const { movedTo } = compact(this.heap);
    this.heap.verify();
    if (before.some((address, i) => movedTo(address) !== this.held[i])) throw new Error("a handle went astray");
  }

  /** Gives back the free end of memory, and goes on. */
  trim(): void {
    const before = this.held;
    trim(this.heap);
    this.heap.verify();
    if (before.some((address, i) => address !== this.held[i])) throw new Error("a handle went astray");
  }

  #restore(image: Uint8Array<ArrayBuffer>, options: RestoreOptions): Heap {
    const { module } = this.#options;
    return restoreSync(image, module === undefined ? options : { module, traceHandles: false, ...options });
  }

  /** Goes on with a restored heap, where some objects have other addresses. */
  #goOn(restored: Heap, moved: ReadonlyMap<number, number>): void {
    const addresses = this.handles.map((handle) => handle && (moved.get(handle.address) ?? handle.address));
    this.heap = restored;
    this.#define();
    addresses.forEach((address, slot) => {
      this.handles[slot] = address === null ? null : adoptOrphan(restored, address);
    });
    if (orphans(restored).length > 0) throw new Error("more was left behind than handles");
  }

  /** What is held: the addresses of the handles. */
  get held(): number[] {
    return this.handles.flatMap((handle) => handle?.address ?? []);
  }

  /** Puts a handle into a slot, whose old one goes. */
  #keep(handle: Handle): void {
    const slot = this.#random(SLOTS);
    const old = this.handles[slot];
    this.handles[slot] = handle;
    old?.release();
  }

  #any(): Handle | null {
    return this.handles[this.#random(SLOTS)] ?? null;
  }
  #atom(): Atom {
    const n = this.#random(500);
    return pick(this.#random, [
      ...[n, n / 7, -n, BigInt(n) * 10n ** 15n, n % 2 === 0, null],
      ...[`text ${n}`, "é".repeat(n), new Uint8Array(n).fill(n)],
    ]);
  }
  #hashable(): Handle | Atom {
    const handle = this.#any();
    const isKey = handle !== null && ["Node", "Loud", "Leaf", "str", "frozenset"].includes(handle.type);
    return isKey ? handle : this.#atom();
  }

  step(): void {
    this.#act();
    for (const handle of this.#resurrected.splice(0)) this.#keep(handle);
    for (const handle of this.#resurrected.splice(0)) handle.release();
  }

  #act(): void {
    const { heap } = this;
    const random = this.#random;
    const target = this.#any();
    switch (random(22)) {
      case 0:
      case 1:
      case 2: {
        const type = pick(random, [this.#types.Node, this.#types.Node, this.#types.Loud]);
        this.#keep(type.new({ x: random(1000), y: random(9), a: this.#any(), text: `node ${random(50)}` }));
        break;
      }
      case 3:
        this.#keep(this.#types.Leaf.new({ id: BigInt(random(9)), z: 0.5 }));
        break;
      case 4:
        this.#keep(heap.list(Array.from({ length: random(40) }, () => this.#any() ?? this.#atom())));
        break;
      case 5:
        this.#keep(heap.tuple(Array.from({ length: random(5) }, () => this.#any() ?? this.#atom())));
        break;
      case 6:
        this.#keep(
          heap.dict(Array.from({ length: random(30) }, () => [this.#hashable(), this.#any() ?? this.#atom()])),
        );
        break;
      case 7:
        this.#keep(
          random(2) > 0
            ? heap.set(Array.from({ length: random(30) }, () => this.#hashable()))
            : heap.frozenset(Array.from({ length: random(9) }, () => this.#hashable())),
        );
        break;
      case 8:
        this.#keep(random(3) > 0 ? heap.intern(`name ${random(60)}`) : heap.str("long ".repeat(random(30_000))));
        break;
      case 9:
        this.#keep(pick(random, [() => heap.weakref.keyMap(), () => heap.weakref.set()])());
        break;
      case 10:
        if (target !== null && isWeakrefable(target))
          this.#keep(random(2) > 0 ? heap.weakref.ref(target) : heap.weakref.ref(target, () => undefined));
        break;
      case 11:
        this.#keep(heap.from({ list: [1, { deep: ["a", 2.5] }], set: new Set(["x", random(9)]), n: random(9) }));
        break;
      case 12:
        heap.gc.collect(pick(random, [0, 0, 1, 2] as const));
        break;
      case 13:
        if (random(12) === 0) heap.gc.freeze();
        else if (random(6) === 0) heap.gc.unfreeze();
        break;
      case 14:
        if (target !== null) for (let i = random(9); i > 0 && !target.released; i--) this.#keep(target.clone());
        break;
      case 15:
        if (target !== null && random(6) === 0) heap.roots.set(`root ${random(5)}`, target);
        else if (random(6) === 0) heap.roots.delete(`root ${random(5)}`);
        break;
      case 16: {
        const slot = random(SLOTS);
        const old = this.handles[slot];
        this.handles[slot] = null;
        old?.release();
        break;
      }
      default:
        if (target !== null) this.#change(target);
    }
  }

  #change(target: Handle): void {
    const random = this.#random;
    const value = this.#any();
    switch (target.type) {
      case "Node":
      case "Loud": {
        const node = target as ReturnType<Node["new"]>;
        const field = pick(random, ["a", "b", "any", "text", "x"] as const);
        if (field === "text") node.text = random(2) > 0 ? null : `text ${random(9)}`;
        else if (field === "x") node.x = random(99);
        else if (field === "any") node.any = value ?? this.#atom();
        else node[field] = value;
        break;
      }
      case "list": {
        const list = target as ListHandle;
        if (random(3) > 0) list.append(value ?? this.#atom());
        else if (list.length > 0) {
          const item = list.pop(random(list.length));
          if (item instanceof Handle) item.release();
        }
        break;
      }
      case "dict": {
        const dict = target as DictHandle;
        if (random(3) > 0) dict.set(this.#hashable(), value ?? this.#atom());
        else dict.delete(this.#hashable());
        break;
      }
      case "set": {
        const set = target as SetHandle;
        if (random(3) > 0) set.add(this.#hashable());
        else set.delete(this.#hashable());
        break;
      }
      case "WeakKeyDictionary":
        if (value !== null && isWeakrefable(value))
          (target as WeakKeyMapHandle).set(value, this.#any() ?? this.#atom());
        break;
      case "WeakSet":
        if (value !== null && isWeakrefable(value)) (target as WeakSetHandle).add(value);
        break;
    }
  }
}

/** Rows of HAND: the addresses that handles hold, in the order the handles were made. */
function addressesHeld(image: Uint8Array): number[] {
  const { sections } = readFrame(image);
  const { buffer, byteOffset, length } = sections.HAND.bytes;
  return [...new Uint32Array(buffer, byteOffset, length / 4)].filter((_, word) => word % 2 === 0);
}

function isWeakrefable({ type }: Handle): boolean {
  return ["Node", "Loud", "Leaf", "set", "frozenset", "WeakKeyDictionary", "WeakSet"].includes(type);
}
