import { KEYS, NUMBERS, TIMES } from "./rows.mjs";

/** What JavaScript itself does: the least that anything can take. */
export const javascript = {
  title: "JavaScript",
  start() {
    const other = { head: null, count: 0 };
    const object = { head: other, count: 1 };
    const map = new Map(KEYS.map((key, i) => [key, i]));
    const array = [...NUMBERS];
    const objects = NUMBERS.map((count) => ({ head: null, count }));
    let at = 0;
    const next = () => (at = (at + 1) % TIMES);
    const subject = {
      sink: undefined,
      made: () => void (subject.sink = { head: null, count: 0 }),
      readNumber: () => void (subject.sink = object.count),
      writeNumber: () => void (object.count = next()),
      readReference: () => void (subject.sink = object.head),
      writeReference: () => void (object.head = other),
      lookUp: () => void (subject.sink = map.get(KEYS[next()])),
      setEntry: () => void map.set(KEYS[next()], at),
      index: () => void (subject.sink = array[next()]),
      loop() {
        for (const item of array) subject.sink = item;
      },
      loopEntries() {
        for (const [key, value] of map) subject.sink = key.length + value;
      },
      loopObjects() {
        for (const item of objects) subject.sink = item;
      },
      copyIn: () => void (subject.sink = [...NUMBERS]),
      copyOut: () => void (subject.sink = [...array]),
    };
    return subject;
  },
};
