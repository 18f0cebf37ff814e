import { Heap } from "../../index.js";
import type { Listing } from "./stage.js";

export const death: Listing = {
  title: "Objects that announce their death",
  play(stage) {
    const heap = Heap.createSync();
    const Thing = heap.struct(
      "Thing",
      { title: "str" },
      {
        finalize: (thing) => {
          stage.print(`Deleting ${thing.title ?? ""}`);
        },
      },
    );
    const create = (title: string): ReturnType<typeof Thing.new> => {
      const thing = Thing.new({ title });
      stage.print(`Created ${thing.title ?? ""}`);
      return thing;
    };
    stage.print("Creating object 1:");
    stage.code('obj1 = Thing("Object 1")');
    let object1 = create("Object 1");

    stage.print();
    stage.print("Creating object 2 and deleting it:");
    stage.code('obj2 = Thing("Object 2"); del obj2');
    create("Object 2").release();

    stage.print();
    stage.print("Reassigning obj1:");
    stage.code('obj1 = Thing("Object 3")');
    const replaced = object1;
    object1 = create("Object 3");
    replaced.release();

    stage.print();
    stage.print("Function scope test:");
    stage.code('def f(): temp = Thing("Temporary"); print("Inside function")');
    heap.scope(() => {
      create("Temporary");
      stage.print("Inside function");
    });
    stage.print("After function");

    stage.print();
    stage.print("Script ending...");
    heap.dispose();
    stage.note("Each death line was written by a finalizer, the moment the last reference went.");
  },
};
