// Runs one program of the playground, and posts what it writes to the console and what it throws.

const PACKAGE = new URL("package/", import.meta.url);
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** `from "heapwright/image"` as the address of the entry's file; of imports and of `import()`. */
function withAddresses(code) {
  const SPECIFIER = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])heapwright(?:\/([\w.-]+))?\2/g;
  return code.replace(SPECIFIER, (_, before, quote, entry = "index") => {
    return `${before}${quote}${new URL(`${entry}.js`, PACKAGE).href}${quote}`;
  });
}

/** A value as text, much as Node shows it. */
function show(value, depth = 0) {
  if (typeof value === "string") return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (typeof value[INSPECT] === "function") return value[INSPECT]();
  if (value instanceof Error) return `${value.name}${value.code ? ` ${value.code}` : ""}: ${value.message}`;
  if (depth > 3) return "…";
  const inner = (item) => show(item, depth + 1);
  const first = (items, text) => {
    const shown = items.slice(0, 100).map(text).join(", ");
    return items.length > 100 ? `${shown}, … ${items.length - 100} more` : shown;
  };
  if (Array.isArray(value)) return `[${first(value, inner)}]`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} [${first(Array.from(value), inner)}]`;
  if (value instanceof Map) return `Map {${first([...value], ([key, item]) => `${inner(key)} => ${inner(item)}`)}}`;
  if (value instanceof Set) return `Set {${first([...value], inner)}}`;
  return `{ ${first(Object.entries(value), ([key, item]) => `${key}: ${inner(item)}`)} }`;
}

function postError(error) {
  const isError = error instanceof Error;
  postMessage({
    kind: "error",
    code: isError && typeof error.code === "string" ? error.code : undefined,
    text: isError ? `${error.name}: ${error.message}` : `thrown: ${show(error, 1)}`,
  });
}

for (const [name, kind] of Object.entries({ log: "out", info: "out", debug: "out", warn: "error", error: "error" }))
  console[name] = (...values) => postMessage({ kind, text: values.map((value) => show(value)).join(" ") });

addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  postError(event.reason);
});
addEventListener("error", (event) => {
  event.preventDefault();
  postError(event.error ?? event.message);
});

addEventListener("message", async ({ data }) => {
  const address = URL.createObjectURL(new Blob([withAddresses(data)], { type: "text/javascript" }));
  try {
    await import(address);
  } catch (error) {
    postError(error);
  }
  // What the program left for the end of its task goes first.
  setTimeout(() => postMessage({ kind: "end" }), 0);
});
