/** How each subject is drawn: its sign, and the colour of its family. */
export const PALETTE = {
  heapwright: { sign: "us", color: "#0b6e4f" },
  "heapwright-js": { sign: "js", color: "#3a9d7d" },
  "heapwright-bounded": { sign: "bnd", color: "#5fb49c" },
  control: { sign: "ctl", color: "#888888" },
  limit: { sign: "lim", color: "#555555" },
  v8: { sign: "V8", color: "#c1440e" },
  "wasm-gc": { sign: "GC", color: "#e07a3f" },
  "as-minimal": { sign: "ASm", color: "#1f5fa8" },
  "as-incremental": { sign: "ASi", color: "#4d8fd1" },
  "as-tlsf": { sign: "tlsf", color: "#86b6e6" },
  python: { sign: "Py", color: "#8a6d00" },
  "python-newest": { sign: "Py+", color: "#6b5400" },
  pyodide: { sign: "PyW", color: "#bd9a1c" },
  "pyodide-newest": { sign: "PW+", color: "#a5820a" },
  quickjs: { sign: "QJS", color: "#7b3fa0" },
  lua: { sign: "Lua", color: "#a873c9" },
  dlmalloc: { sign: "dl", color: "#9c2748" },
  "wasi-dlmalloc": { sign: "dlc", color: "#b03a5b" },
  "rust-dlmalloc": { sign: "dlr", color: "#b34a3c" },
  emmalloc: { sign: "em", color: "#c4597a" },
  mimalloc: { sign: "mi", color: "#de93aa" },
};

const UNKNOWN = { sign: "?", color: "#999999" };

export const styleOf = (name) => PALETTE[name] ?? UNKNOWN;
