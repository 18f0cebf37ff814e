// What a program does with the objects of a heap from JavaScript. A subject has a function for each row that it can do.
// `times`: the function does it so many times.

export const TIMES = 1000;

export const ROWS = [
  { name: "made", title: "an object of two fields, made and let go" },
  { name: "cloned", title: "a handle, made for an object and released" },
  { name: "readNumber", title: "a number, read from a field" },
  { name: "writeNumber", title: "a number, written to a field" },
  { name: "readReference", title: "an object, read from a field and released" },
  { name: "writeReference", title: "an object, written to a field" },
  { name: "lookUp", title: "a number, looked up by a string in 1,000" },
  { name: "setEntry", title: "a number, set for a string in 1,000" },
  { name: "index", title: "a number, read from a list by its index" },
  { name: "loop", title: "a list of 1,000 numbers, looped over: an item", times: TIMES },
  { name: "loopEntries", title: "1,000 entries, looped over: an entry", times: TIMES },
  { name: "loopObjects", title: "a list of 1,000 objects, looped over: an item", times: TIMES },
  { name: "copyIn", title: "an array of 1,000 numbers, copied in: an item", times: TIMES },
  { name: "copyOut", title: "a list of 1,000 numbers, copied out: an item", times: TIMES },
];

/** The keys of the maps. */
export const KEYS = Array.from({ length: TIMES }, (_, i) => `key ${i}`);
export const NUMBERS = Array.from({ length: TIMES }, (_, i) => i);
