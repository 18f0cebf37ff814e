import { KEYS, NUMBERS, TIMES } from "./rows.mjs";

const SOURCE = `
globalThis.other = { head: null, count: 0 };
globalThis.pair = { head: other, count: 1 };
globalThis.numbers = Array.from({ length: ${TIMES} }, (_, i) => i);
globalThis.entries = Object.fromEntries(numbers.map((i) => ["key " + i, i]));
globalThis.objects = numbers.map((count) => ({ head: null, count }));
`;

/** The handles of QuickJS in WebAssembly (quickjs-emscripten). Entries are properties: what its handles reach fastest. */
export const quickjs = {
  title: "QuickJS: handles",
  needs: ["quickjs-emscripten"],
  async start() {
    const { newQuickJSWASMModuleFromVariant } = await import("quickjs-emscripten");
    const { default: variant } = await import("@jitl/quickjs-wasmfile-release-sync");
    const module = await newQuickJSWASMModuleFromVariant(variant);
    const context = module.newContext();
    context.unwrapResult(context.evalCode(SOURCE)).dispose();
    const global = (name) => context.getProp(context.global, name);
    const [pair, other, list, entries, objects] = ["pair", "other", "numbers", "entries", "objects"].map(global);
    let at = 0;
    const next = () => (at = (at + 1) % TIMES);
    const numberOf = (holder, key) => {
      const handle = context.getProp(holder, key);
      const number = context.getNumber(handle);
      handle.dispose();
      return number;
    };
    const setNumber = (holder, key, number) => {
      const handle = context.newNumber(number);
      context.setProp(holder, key, handle);
      handle.dispose();
    };
    const subject = {
      sink: undefined,
      made() {
        const made = context.newObject();
        context.setProp(made, "head", context.null);
        setNumber(made, "count", 0);
        made.dispose();
      },
      cloned: () => pair.dup().dispose(),
      readNumber: () => void (subject.sink = numberOf(pair, "count")),
      writeNumber: () => setNumber(pair, "count", next()),
      readReference: () => context.getProp(pair, "head").dispose(),
      writeReference: () => context.setProp(pair, "head", other),
      lookUp: () => void (subject.sink = numberOf(entries, KEYS[next()])),
      setEntry: () => setNumber(entries, KEYS[next()], 7),
      index: () => void (subject.sink = numberOf(list, next())),
      // By index: its own iterators take 50 times as long.
      loop() {
        for (let i = 0; i < TIMES; i++) subject.sink = numberOf(list, i);
      },
      loopObjects() {
        for (let i = 0; i < TIMES; i++) context.getProp(objects, i).dispose();
      },
      copyIn() {
        const made = context.newArray();
        for (let i = 0; i < TIMES; i++) setNumber(made, i, NUMBERS[i]);
        made.dispose();
      },
      copyOut: () => void (subject.sink = context.dump(list)),
    };
    return subject;
  },
};
