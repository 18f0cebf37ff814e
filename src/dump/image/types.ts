import { FIRST_USER_TYPE } from "../../../assembly/layout.js";
import type { Image } from "../../image/image.js";
import { BUILTIN_NAMES } from "../../object/types.js";
import type { GraphType } from "../graph/graph.js";

/** The types of an image, and a function that finds the index of a type by its id. */
export function typesOf(image: Image): { types: GraphType[]; indexOf: (id: number) => number } {
  const builtins = Object.entries(BUILTIN_NAMES).map(([id, name]) => ({ id: Number(id), name }));
  const indexes = new Map(builtins.map(({ id }, index) => [id, index]));
  const types: GraphType[] = builtins.map(({ name }) => ({
    name,
    kind: name,
    fields: name === "ephemeron" ? ["value"] : [],
  }));
  for (const { layouts, record } of image.plans) {
    const slots = [...layouts.values()].filter(({ slot }) => slot >= 0).sort((a, b) => a.slot - b.slot);
    types.push({ name: record.name, kind: "struct", fields: slots.map(({ name }) => name) });
  }
  const structs = builtins.length - FIRST_USER_TYPE;
  return { types, indexOf: (id) => indexes.get(id) ?? id + structs };
}
