import { Heap } from "../../index.js";
import { box, pair } from "./draw.js";
import type { Listing } from "./stage.js";

export const friends: Listing = {
  title: "A reference cycle",
  play(stage) {
    const heap = Heap.createSync();
    const Person = heap.struct("Person", { title: "str", friend: "ref" });
    stage.code('alice, bob = Person("Alice"), Person("Bob")');
    const alice = Person.new({ title: "Alice" });
    const bob = Person.new({ title: "Bob" });
    stage.code("alice.friend, bob.friend = bob, alice");
    alice.friend = bob;
    bob.friend = alice;
    stage.heap(
      pair(
        box(heap, `${alice.title ?? ""} ◄ alice`, alice),
        box(heap, `${bob.title ?? ""} ◄ bob`, bob),
        "friend",
        "friend",
      ),
    );
    stage.note(
      `${String(alice.read("friend", "title"))} is Alice's friend, and ${String(bob.read("friend", "title"))} is Bob's. ` +
        "Each has two references: its name, and its friend's field.",
    );
    heap.dispose();
  },
};
