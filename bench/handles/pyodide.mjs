import { KEYS, NUMBERS, TIMES } from "./rows.mjs";

const SOURCE = `
class Pair:
    __slots__ = ("head", "count")
    def __init__(self, head=None, count=0):
        self.head, self.count = head, count

other = Pair()
pair = Pair(other, 1)
numbers = list(range(${TIMES}))
entries = {f"key {i}": i for i in numbers}
objects = [Pair(None, i) for i in numbers]
`;

/** Pyodide's proxies of Python objects. */
export const pyodide = {
  title: "Pyodide: proxies",
  needs: ["pyodide"],
  async start() {
    const { loadPyodide } = await import("pyodide");
    const python = await loadPyodide();
    python.runPython(SOURCE);
    const global = (name) => python.globals.get(name);
    const [Pair, pair, other, list, dict, objects] = ["Pair", "pair", "other", "numbers", "entries", "objects"].map(
      global,
    );
    let at = 0;
    const next = () => (at = (at + 1) % TIMES);
    const subject = {
      sink: undefined,
      made: () => Pair().destroy(),
      cloned: () => pair.copy().destroy(),
      readNumber: () => void (subject.sink = pair.count),
      writeNumber: () => void (pair.count = next()),
      readReference: () => pair.head.destroy(),
      writeReference: () => void (pair.head = other),
      lookUp: () => void (subject.sink = dict.get(KEYS[next()])),
      setEntry: () => void dict.set(KEYS[next()], 7),
      index: () => void (subject.sink = list.get(next())),
      loop() {
        for (const item of list) subject.sink = item;
      },
      loopEntries() {
        const items = dict.items();
        for (const item of items) {
          subject.sink = item.get(0).length + item.get(1);
          item.destroy();
        }
        items.destroy();
      },
      loopObjects() {
        for (const item of objects) item.destroy();
      },
      copyIn: () => python.toPy(NUMBERS).destroy(),
      copyOut: () => void (subject.sink = list.toJs()),
    };
    return subject;
  },
};
