import { NodeFlag } from "../graph/graph.js";
import type { GraphType } from "../graph/graph.js";

/** Types, labels and flags of nodes, derived from V8's node types and names. */
export interface Classes {
  readonly types: GraphType[];
  readonly type: Uint32Array;
  readonly label: Uint32Array;
  readonly flags: Uint16Array;
}

/** Nodes of V8's types `object` and `native` are grouped by name; each other type is one class with the type's name. */
const CLASS_NAMES: Readonly<Record<string, string>> = {
  hidden: "(system)",
  code: "(compiled code)",
  closure: "Function",
  regexp: "RegExp",
};

/** The class of an object called `name`: `<div class="x">` is a `<div>`. */
function className(name: string): string {
  const begin = name.startsWith("<") ? 0 : name.startsWith("Detached <") ? 10 : -1;
  const space = begin < 0 ? -1 : name.indexOf(" ", begin);
  return space < 0 ? name : `${name.slice(0, space)}>`;
}

/**
 * Groups nodes as Chrome DevTools does.
 *
 * @param kind - By node: index in `kinds`.
 * @param name - By node: index in `strings`, minus 1.
 */
export function classify(
  kind: Uint8Array,
  name: Uint32Array,
  kinds: readonly string[],
  strings: readonly string[],
): Classes {
  const count = kind.length;
  const types: GraphType[] = [];
  const known = new Map<string, number>();
  const typeOf = (family: string, called: string): number => {
    const key = `${family}\0${called}`;
    let type = known.get(key);
    if (type === undefined) {
      known.set(key, (type = types.length));
      types.push({ name: called, kind: family, fields: [] });
    }
    return type;
  };
  const isNamed = kinds.map((family) => family === "object" || family === "native");
  const flagsOf = kinds.map((family) =>
    family === "synthetic" ? NodeFlag.SYNTHETIC : family === "string" ? NodeFlag.TEXT : 0,
  );
  // By kind and name: the type plus 1; 0 if it is not known yet.
  const cache = kinds.map((_, k) => new Uint32Array(isNamed[k] ? strings.length : 1));
  const type = new Uint32Array(count);
  const label = new Uint32Array(count);
  const flags = new Uint16Array(count);
  for (let v = 0; v < count; v++) {
    const k = kind[v] as number;
    const string = (name[v] as number) + 1;
    const cached = cache[k] as Uint32Array;
    const slot = isNamed[k] ? string : 0;
    if (cached[slot] === 0) {
      const family = kinds[k] as string;
      cached[slot] =
        typeOf(family, isNamed[k] ? className(strings[string] as string) : (CLASS_NAMES[family] ?? `(${family})`)) + 1;
    }
    const found = (cached[slot] as number) - 1;
    type[v] = found;
    flags[v] = flagsOf[k] as number;
    // A label equal to the type's name is redundant.
    label[v] = isNamed[k] && types[found]?.name === strings[string] ? 0 : string;
  }
  return { types, type, label, flags };
}
