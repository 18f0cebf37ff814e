// Full collections of graphs whose shapes are hard to mark, and of a weak map: everything is alive.

const MILLION = 1e6;
const GROWTH = [1e4, 1e5, MILLION, 10 * MILLION];

/** `build`: a step, and what it takes besides the number of objects. */
function shape(name, what, [build, ...more]) {
  return {
    name: `shape-${name}`,
    title: `full collection, ${what}`,
    unit: "ns / object",
    sizes: { full: [MILLION], quick: [1e5], growth: GROWTH },
    open(program, count) {
      program.enable(0);
      program[build](count, ...more);
      program.collect();
      return {
        operations: count,
        run: () => program.collect(),
        check() {
          const alive = program.alive?.();
          if (alive !== undefined && alive < 0) throw new Error(`the heap is broken: ${alive}`);
          if (program.collect() > 0) throw new Error("something was garbage, and nothing should be");
        },
      };
    },
  };
}

export const shapes = [
  shape("boxed", "boxed values in a list, newest first", ["boxed"]),
  shape("chunks-10", "a list of chunks of 10 floats", ["chunks", 10]),
  shape("chunks-128", "a list of chunks of 128 floats", ["chunks", 128]),
  shape("comb", "a comb", ["comb"]),
  shape("hub", "a hub that refers to all", ["hub"]),
  shape("weak-map", "a weak map with each of them as a key", ["weakMap"]),
];

export const SHAPE_NAMES = shapes.map(({ name }) => name);
