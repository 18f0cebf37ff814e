import {
  FIRST_USER_TYPE,
  TYPE_DICT,
  TYPE_FROZENSET,
  TYPE_LIST,
  TYPE_SET,
  TYPE_TUPLE,
  TYPE_WEAKMAP,
  TYPE_WEAKREF,
  TYPE_WEAKSET,
} from "../../assembly/layout.js";
import { BadImageError } from "../base/errors.js";
import { DictView } from "./dict.js";
import type { Struct } from "./meta.js";
import type { NodeView } from "./node.js";
import { ListView, TupleView } from "./sequence.js";
import { SetView } from "./set.js";
import type { Source } from "./source.js";
import { structClass } from "./struct.js";
import { WeakKeyMapView, WeakSetView, WeakrefView } from "./weak.js";

type ViewClass = new (source: Source, address: number, at: number) => NodeView;

/** The classes of the structs of all images, made when the first object of one is met. */
const CLASSES = /* @__PURE__ */ new WeakMap<Struct, ViewClass>();

/** A view of an object that is no atom. @throws {@link BadImageError} for what no program can refer to. */
export function viewOf(source: Source, address: number, at: number, type: number): NodeView {
  switch (type) {
    case TYPE_LIST:
      return new ListView(source, address, at);
    case TYPE_TUPLE:
      return new TupleView(source, address, at);
    case TYPE_DICT:
      return new DictView(source, address, at);
    case TYPE_SET:
    case TYPE_FROZENSET:
      return new SetView(source, address, at);
    case TYPE_WEAKREF:
      return new WeakrefView(source, address, at);
    case TYPE_WEAKMAP:
      return new WeakKeyMapView(source, address, at);
    case TYPE_WEAKSET:
      return new WeakSetView(source, address, at);
  }
  if (type < FIRST_USER_TYPE) throw new BadImageError(`an object has type ${type}`, 4 * at);
  const struct = source.struct(type);
  let made = CLASSES.get(struct);
  if (made === undefined) {
    made = structClass(struct) as unknown as ViewClass;
    CLASSES.set(struct, made);
  }
  return new made(source, address, at);
}
