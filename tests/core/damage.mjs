// A heap in each situation in which `verify` may run, and damage to random words of its memory, one at a time. `verify`
// must come back each time: with a number, not with a trap. What it damages next is written into `state` beforehand, so
// that the test can say where a run got stuck.
//
// workerData: wasm (bytes of a core), seed, count (damages for each situation), state (Int32Array over shared memory),
// layout (URL of src/wasm/control-fields.ts, core-layout.ts and readings.ts, as JavaScript).

import { parentPort, workerData } from "node:worker_threads";

const { wasm, seed, count, state, layout } = workerData;
const { CLASSES_OFFSET, CONTROL_PLACES, DESCRIPTORS_OFFSET, FREE_TREES_OFFSET, readingsOf } = await import(layout);
const module = new WebAssembly.Module(wasm);
let random32 = Math.imul(seed, 2654435761) | 1;

function random(bound) {
  random32 ^= random32 << 13;
  random32 ^= random32 >>> 17;
  random32 ^= random32 << 5;
  return (random32 >>> 0) % bound;
}

function start(hooks = {}) {
  const { hasRoom = () => true, ...others } = hooks;
  const fail = () => {
    throw new Error("an assertion failed");
  };
  const { exports } = new WebAssembly.Instance(module, {
    host: {
      finalize() {},
      callback() {},
      collection() {},
      forget() {},
      checkRoom: () => void (hasRoom() || exports.denyRoom()),
      refuse: fail,
      ...others,
    },
    env: { abort: fail },
  });
  const core = { ...exports, ...readingsOf(exports.memory, exports.controlBlock()) };
  core.init(core.heapBase(), 65535 * 65536);
  core.word = (at) => new DataView(exports.memory.buffer).getUint32(at >>> 0, true);
  core.setWord = (at, value) => new DataView(exports.memory.buffer).setUint32(at >>> 0, value, true);
  core.placeOf = (field) => (core.controlBlock() >>> 0) + CONTROL_PLACES.find((place) => place.field === field).offset;
  core.get = (field) => core.word(core.placeOf(field));
  return core;
}

/** Objects of all kinds that refer to each other. */
function fill(core) {
  const plain = core.defineType(8, 2, 0);
  const loud = core.defineType(12, 2, 1);
  const raw = core.defineType(24, 0, 0);
  const string = (text) => {
    const bytes = new TextEncoder().encode(text);
    new Uint8Array(core.memory.buffer).set(bytes, core.borrowedText());
    return core.intern(core.borrowStr(bytes.length));
  };
  const objects = [];
  const any = () => objects[random(objects.length)] ?? core.none();
  const make = [
    () => core.alloc(plain),
    () => core.alloc(loud),
    () => {
      const list = core.newList(4);
      for (let i = 0; i < 3; i++) core.listAppend(list, any());
      return list;
    },
    () => {
      const dict = core.newDict(0);
      for (let i = 0; i < 5; i++) {
        core.dictSet(dict, string(`k${random(9)}`), any());
        core.dictSet(dict, core.borrowInt(random(100), 0, 0), core.none());
      }
      return dict;
    },
    () => {
      const tuple = core.newTuple(3);
      const isAtomic = random(2);
      for (let i = 0; i < 3; i++) core.tupleInit(tuple, i, isAtomic ? core.none() : any());
      return tuple;
    },
    () => {
      const set = core.newSet(0);
      core.setAdd(set, core.borrowFloat(random(10) / 3));
      core.setAdd(set, string(`s${objects.length}`));
      return set;
    },
  ];
  for (let i = 0; i < 60; i++) {
    const object = make[i % 6]() >>> 0;
    if (i % 6 < 2) for (const slot of [0, 1]) if (objects.length && random(2)) core.setRef(object, slot, any());
    objects.push(object);
    core.alloc(raw);
  }
  const structs = objects.filter((_, i) => i % 6 < 2);
  const map = core.newWeakMap(0);
  for (let i = 0; i < 6; i++) core.weakMapSet(map, structs[random(structs.length)], any());
  for (let i = 0; i < 8; i++) core.newWeakref(structs[random(structs.length)], i % 3);
  for (let i = 0; i < 300; i++) core.incref(objects[3]);
  const keys = core.newDict(0);
  core.dictSet(keys, core.newWeakref(structs[0], 0), core.none());
  const nested = core.newTuple(1);
  core.tupleInit(nested, 0, core.newTuple(0));
  core.dictSet(keys, nested, core.none());
  core.newBytes(200_000);
  const large = core.newList(2000);
  for (let i = 0; i < 1200; i++) core.listAppend(large, objects[i % objects.length]);
  core.garbage();
  core.lend(100);
  return { plain, loud, objects };
}

/** Each calls its argument with a heap, once. */
const situations = {
  "between operations": (look) => {
    const core = start();
    fill(core);
    look(core);
  },
  "with old and frozen objects": (look) => {
    const core = start();
    const { plain } = fill(core);
    core.collect(2);
    core.freeze();
    for (let i = 0; i < 5; i++) core.alloc(plain);
    core.collect(1);
    look(core);
  },
  "in the finalizer of a nested death": (look) => {
    let looks = 0;
    const core = start({ finalize: () => looks++ || look(core) });
    const { loud, objects } = fill(core);
    const [outer, inner, last] = [core.newList(0), core.newList(0), core.alloc(loud)];
    for (const item of [objects[0], last, core.newFloat(1)]) core.listAppend(inner, item);
    for (const item of [core.none(), inner]) core.listAppend(outer, item);
    for (const object of [last, inner, outer]) core.decref(object);
    if (!looks) throw new Error("no finalizer ran");
  },
  "in a finalizer of a young collection": (look) => inCollection(0, look),
  "in a finalizer of a full collection": (look) => inCollection(2, look),
  "with deferred finalizers and callbacks": (look) => {
    let isFull = false;
    const core = start({ hasRoom: () => !isFull });
    const { loud, objects } = fill(core);
    const [first, second, float] = [core.alloc(loud), core.alloc(loud), core.newFloat(3)];
    core.setRef(first, 0, objects[0]);
    for (const id of [4, 5]) core.newWeakref(float, id);
    isFull = true;
    for (const object of [first, second, float]) core.decref(object);
    if (core.waiting() !== 2) throw new Error("nothing waits");
    look(core);
  },
};
for (let phase = 1; phase <= 8; phase++) situations[`in phase ${phase} of a cycle`] = (look) => inPhase(phase, look);

function inCollection(generation, look) {
  let looks = 0;
  const core = start({ finalize: () => core.isCollecting() && looks++ === 2 && look(core) });
  const { loud } = fill(core);
  for (let i = 0; i < 5; i++) {
    const object = core.alloc(loud);
    core.setRef(object, 0, object);
    core.decref(object);
  }
  core.collect(generation);
  if (looks < 3) throw new Error("no finalizer ran");
}

function inPhase(phase, look) {
  const core = start();
  core.setBounded(1);
  core.setThresholds(1_000_000_000, 10, 10);
  const { loud, objects } = fill(core);
  for (let i = 0; i < 10; i++) {
    const [object, list] = [core.alloc(loud), core.newList(0)];
    core.setRef(object, 0, object);
    for (let j = 0; j < 600; j++) core.listAppend(list, j ? objects[0] : list);
    core.decref(object);
    core.decref(list);
  }
  core.collect(1);
  for (let i = 0; i < 100_000 && core.phase() !== phase; i++) core.step(1);
  if (core.phase() !== phase) throw new Error(`no cycle came to phase ${phase}`);
  for (let i = random(20); i && core.phase() === phase; i--) core.step(1);
  look(core);
}

/** Places and values that are likely to lead a walk astray. */
function damager(core) {
  const control = core.controlBlock() >>> 0;
  const [first, end] = [core.get("firstPage"), core.get("endPage")];
  const objects = [];
  for (let object = core.nextObject(0) >>> 0; object; object = core.nextObject(object) >>> 0) objects.push(object);
  const wordsOf = (from, to) => Array.from({ length: (to - from) / 4 }, (_, i) => control + from + 4 * i);
  const directory = wordsOf(DESCRIPTORS_OFFSET, FREE_TREES_OFFSET).filter((at) => core.word(at));
  const descriptors = core.word(control + DESCRIPTORS_OFFSET);
  const places = [
    () => control + CONTROL_PLACES[random(CONTROL_PLACES.length)].offset,
    () => control + FREE_TREES_OFFSET + 4 * random((CLASSES_OFFSET - FREE_TREES_OFFSET) / 4),
    () => control + CLASSES_OFFSET + 4 * random(500),
    () => directory[random(directory.length)],
    () => descriptors + 32 * (first + random(end - first)) + 4 * random(8),
    () => core.get("types") + 4 * random(19 * 8),
    () => first * 65536 + 4 * random((end - first) * 16384),
  ];
  const values = [
    (old) => old ^ (1 << random(32)),
    (old) => old + random(7) - 3,
    () => random(2 ** 32),
    () => objects[random(objects.length)],
    () => 0,
  ];
  return () => {
    // Half of it goes into objects.
    const at = random(2) ? objects[random(objects.length)] - 8 + 4 * random(12) : places[random(places.length)]();
    return [at, values[random(values.length)](core.word(at)) >>> 0];
  };
}

const found = {};
let situation = 0;
for (const [name, prepare] of Object.entries(situations)) {
  prepare((core) => {
    if (core.verify()) throw new Error(`${name}: verify says ${core.verify()} of a sound heap`);
    const before = new Uint8Array(core.memory.buffer.slice(0));
    const next = damager(core);
    for (let i = 0; i < count; i++) {
      const [at, value] = next();
      const old = core.word(at);
      state.set([situation, i, at, old, value]);
      core.setWord(at, value);
      let result;
      try {
        result = core.verify();
      } catch (error) {
        throw new Error(`${name}, ${i}: 0x${at.toString(16)} was ${old}, is ${value}`, { cause: error });
      }
      found[result] = (found[result] ?? 0) + 1;
      // What it takes off counts it has put back, whatever it found.
      core.setWord(at, old);
      if (i % 100 === 0) new Uint8Array(core.memory.buffer).set(before);
    }
    new Uint8Array(core.memory.buffer).set(before);
  });
  situation++;
}
parentPort.postMessage({ found, situations: Object.keys(situations).length });
