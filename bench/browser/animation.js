// An animation that holds millions of objects and replaces them steadily: how long its frames take, and how much of each the heap takes.
// ?heap=bounded, unbounded or none; ?objects=5000000, ?seconds=20, ?replacements=2000 for each frame.

import { PauseRecorder } from "../measure/pauses.mjs";
import { hooks, instantiate } from "../subjects/instantiate.mjs";

const query = new URLSearchParams(location.search);
const mode = query.get("heap") ?? "bounded";
const objects = Number(query.get("objects") ?? 5_000_000);
const seconds = Number(query.get("seconds") ?? 20);
const replacements = Number(query.get("replacements") ?? 2000);

/** A frame at 60 Hz, and what no eye sees. */
const LONG_FRAME = 20;
/** What the core says to `collection`: a collection or a step begins; it ends. A cycle as a whole is made of steps. */
const [STARTS, ENDS, COLLECTION_ENDS, CYCLE_ENDS] = [new Set([0, 4]), new Set([2, 5]), 2, 6];

/** Milliseconds that the heap's collections and steps have taken since the last `take`; how often all of it was collected. */
function watchHeap() {
  let [start, sum, depth, cycles] = [0, 0, 0, 0];
  return {
    hear(what, generation) {
      if (STARTS.has(what) && depth++ === 0) start = performance.now();
      else if (ENDS.has(what) && --depth === 0) sum += performance.now() - start;
      if (what === CYCLE_ENDS || (what === COLLECTION_ENDS && generation === 2)) cycles++;
    },
    take() {
      const taken = sum;
      sum = 0;
      return taken;
    },
    cycles: () => cycles,
  };
}

async function startHeap(watch) {
  if (mode === "none") return { replace() {} };
  const module = await WebAssembly.compileStreaming(fetch("../.build/heapwright.wasm"));
  const program = instantiate(module, "heapwright", { host: hooks(watch.hear) });
  if (mode === "bounded") program.boundPauses();
  program.ring(objects);
  program.collect();
  return program;
}

/** Something to look at: its time of drawing is small, and the same in every mode. */
function draw(context, time) {
  context.clearRect(0, 0, 600, 300);
  for (let i = 0; i < 50; i++) {
    context.fillStyle = `hsl(${i * 7} 70% 50%)`;
    context.fillRect(290 + 250 * Math.sin(time / 700 + i), 140 + 120 * Math.cos(time / 900 + i * 1.7), 12, 12);
  }
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

async function animate(program, watch, lasting) {
  const context = document.querySelector("#canvas").getContext("2d");
  const [frames, heapWork, script] = [new PauseRecorder(), new PauseRecorder(), new PauseRecorder()];
  const long = [];
  let last = await nextFrame();
  const end = last + lasting * 1000;
  watch.take();
  while (last < end) {
    const start = performance.now();
    draw(context, last);
    program.replace(replacements);
    script.record(performance.now() - start);
    const work = watch.take();
    const now = await nextFrame();
    frames.record(now - last);
    heapWork.record(work);
    if (now - last > LONG_FRAME) long.push({ frame: now - last, work });
    last = now;
  }
  return { frames, heapWork, script, long };
}

const watch = watchHeap();
const program = await startHeap(watch);
// The first cycles run while the browser still compiles.
await animate(program, watch, Math.min(3, seconds));
const before = watch.cycles();
const { frames, heapWork, script, long } = await animate(program, watch, seconds);
window.measured = {
  mode,
  objects,
  replacements,
  cycles: watch.cycles() - before,
  frames: frames.summary(),
  heapWork: heapWork.summary(),
  script: script.summary(),
  longFrames: long.length,
  // Without what the heap did they would not have been.
  byHeap: long.filter(({ frame, work }) => frame - work <= LONG_FRAME).length,
  longestWorkOfLong: Math.max(0, ...long.map(({ work }) => work)),
  alive: program.alive?.(),
};
document.querySelector("#result").textContent = JSON.stringify(window.measured, undefined, 1);
