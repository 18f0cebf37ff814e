// Where the references of one object stand. Every kind keeps them in one contiguous range, so that
// whoever visits them needs no callback:
//
//     for (let slot = slotsOf(object, type), end = slotsEnd(object, type); slot < end; slot += 4) …

import {
  BUFFER_DATA_OFFSET,
  FLAG_DYING,
  KIND_LIST,
  LIST_BUFFER_OFFSET,
  LIST_LENGTH_OFFSET,
  PAYLOAD_OFFSET,
} from "../layout";
import { hasFlag, prevOf } from "./header";
import { Type } from "./type";

/** First slot that the object holds; a DYING struct no longer holds those already dropped. */
export function slotsOf(object: usize, type: Type): usize {
  if (type.kind == KIND_LIST) return <usize>load<u32>(object + LIST_BUFFER_OFFSET) + BUFFER_DATA_OFFSET;
  const first = object + PAYLOAD_OFFSET;
  return type.slots && hasFlag(object, FLAG_DYING) ? first + (prevOf(object) << 2) : first;
}

/** End of the slots; a DYING list drops its last item first, and holds as many as it has left. */
export function slotsEnd(object: usize, type: Type): usize {
  if (type.kind == KIND_LIST) {
    const count: usize = hasFlag(object, FLAG_DYING) ? prevOf(object) : <usize>load<u32>(object + LIST_LENGTH_OFFSET);
    return <usize>load<u32>(object + LIST_BUFFER_OFFSET) + BUFFER_DATA_OFFSET + (count << 2);
  }
  return object + PAYLOAD_OFFSET + ((<usize>type.slots) << 2);
}
