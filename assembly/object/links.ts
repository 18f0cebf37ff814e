// Circular doubly linked lists, threaded through the link words of objects. A head is addressed as if it were an
// object: see control.ts.

import { nextOf, prevOf, setLinks, setNext, setPrev } from "./header";

export function clearList(head: usize): void {
  setNext(head, head);
  setPrev(head, head);
}


@inline
export function isEmpty(head: usize): bool {
  return nextOf(head) == head;
}

/** Appends an object that is in no list. */
export function append(head: usize, object: usize): void {
  linkLast(head, object);
}

/** `append`, inlined: for the callers that run most. */
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

/** Drops all objects in front of `first` from the list; `first` may be the head. Their links stay as they are. */
export function dropBefore(head: usize, first: usize): void {
  setNext(head, first);
  setPrev(first, head);
}

/** Moves all objects of `from` to the end of `to`. */
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
