const BATCH = 100_000;

function fromJavaScript(name, title, step) {
  return {
    name,
    title,
    unit: "ns / object",
    ours: "heapwright-js",
    sizes: { full: [BATCH], quick: [BATCH] },
    open: (program, size) => ({
      operations: size,
      run: () => program[step](size),
      check: () => program.check?.(),
    }),
  };
}

export const host = [
  fromJavaScript("js-object", "an object made and dropped from JavaScript", "churn"),
  fromJavaScript("js-handle", "a handle made and released from JavaScript", "handles"),
];
