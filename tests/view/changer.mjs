// Changes words of the shared image that it is sent, as long as it is not told to stop.
import { workerData } from "node:worker_threads";

const { image, stop, seed } = workerData;
const words = new Uint32Array(image);
let state = seed;
const random = (bound) => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % bound;
};
while (Atomics.load(stop, 0) === 0) {
  for (let i = 0; i < 100; i++) {
    const at = random(words.length);
    const old = words[at];
    words[at] = random(3) === 0 ? words[random(words.length)] : old ^ (1 << random(32));
    if (random(2) === 0) words[at] = old;
  }
  Atomics.add(stop, 1, 1);
}
