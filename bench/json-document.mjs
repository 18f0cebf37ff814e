// A large JSON document, the same each time: records as a shop's or a log's, with names that come again and again,
// texts in several scripts, floats, small and large ints, lists of numbers, and a few things nested deeply.

import { Buffer } from "node:buffer";

const WORDS = ["alpha", "bridge", "copper", "delta", "ember", "fjord", "grün", "héron", "日本", "мост", "🙂", "zinc"];

/** xorshift32: `next(n)` is an integer in [0, n). */
function randomFrom(seed) {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

function makeRecord(random, id) {
  const words = (count) => Array.from({ length: count }, () => WORDS[random(WORDS.length)]).join(" ");
  const record = {
    id,
    uuid: `${random(2 ** 32).toString(16)}-${random(2 ** 32).toString(16)}`,
    name: words(2 + random(3)),
    active: random(2) === 0,
    parent: random(4) === 0 ? null : random(1e6),
    score: random(1e9) / 1e4,
    position: { lat: random(180_000) / 1000 - 90, lon: random(360_000) / 1000 - 180, height: null },
    tags: Array.from({ length: random(5) }, () => WORDS[random(WORDS.length)]),
    series: Array.from({ length: 3 + random(8) }, () => (random(2) === 0 ? random(256) : random(1e6) / 100)),
    items: Array.from({ length: random(4) }, (_, i) => ({
      sku: `SKU-${random(1e5)}`,
      count: i,
      price: random(1e5) / 100,
    })),
    text: words(4 + random(12)),
  };
  if (random(100) === 0) for (let depth = 0; depth < 20; depth++) record.tags = [record.tags, { depth }];
  return record;
}

/** The texts of the records of such a document, one by one. */
export function* jsonRecords(bytes) {
  const random = randomFrom(20_240_229);
  for (let id = 0, done = 0; done < bytes; id++) {
    const text = JSON.stringify(makeRecord(random, id));
    done += Buffer.byteLength(text) + 2;
    yield text;
  }
}

/** The text of a document of about so many megabytes of UTF-8. */
export function jsonDocument(megabytes) {
  return `[${[...jsonRecords(megabytes * 1e6)].join(",\n")}]`;
}
