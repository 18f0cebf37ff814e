// Circular lists threaded through the headers of objects. A head stands for the object it is in front
// of: see control.ts.

import { nextOf, prevOf, setLinks, setNext, setPrev } from "./header";

export function clearList(head: usize): void {
  setNext(head, head);
  setPrev(head, head);
}


@inline
export function isEmpty(head: usize): bool {
  return nextOf(head) == head;
}

/** Appends; `object` is in no list. */
export function append(head: usize, object: usize): void {
  linkLast(head, object);
}

/** The same in place: for those that are called most. */
@inline
export function linkLast(head: usize, object: usize): void {
  const last = prevOf(head);
  setLinks(object, head, last);
  setNext(last, object);
  setPrev(head, object);
}


@inline
export function remove(object: usize): void {
  const next = nextOf(object);
  const prev = prevOf(object);
  setNext(prev, next);
  setPrev(next, prev);
}

/** Takes away all objects in front of `first`, which may be the head. */
export function dropBefore(head: usize, first: usize): void {
  setNext(head, first);
  setPrev(first, head);
}

/** Moves all of `from` to the tail of `to`. */
export function moveAll(from: usize, to: usize): void {
  if (isEmpty(from)) return;
  const first = nextOf(from);
  const last = prevOf(from);
  const tail = prevOf(to);
  setNext(tail, first);
  setPrev(first, tail);
  setNext(last, to);
  setPrev(to, last);
  clearList(from);
}

export function lengthOf(head: usize): u32 {
  let length: u32 = 0;
  for (let object = nextOf(head); object != head; object = nextOf(object)) length++;
  return length;
}
