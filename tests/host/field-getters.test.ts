// Getters among the types of fields run code of the program when a type is first needed, be that to read or to save. They
// may do anything to the heap there.

import { describe, expect, test } from "vitest";
import { restoreSync, save } from "../../src/image.js";
import { Heap, ref, required, weak } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import { CORES, codeOf, withHeap } from "../support/heap.js";

/** A holder without a handle of its own, made so that no getter has been asked; and what is in its field. */
function withUnasked(heap: Heap, getter: () => unknown) {
  const Item = heap.struct("Item", { n: "i32" });
  const Holder = heap.struct("Holder", {
    get to() {
      return getter() as ReturnType<typeof ref<typeof Item>>;
    },
  });
  const list = heap.list();
  const slot = Holder.slotOf("to");
  const address = heap.core.alloc(Holder.id);
  const item = Item.new({ n: 7 });
  heap.core.setRef(address, slot, item.address);
  item.release();
  return { Item, Holder, list, slot, address };
}

describe.each(CORES)("%s core", (_, options) => {
  describe.each(["unbounded", "bounded"] as const)("%s pauses", (pauses) => {
    const settings = () => ({ ...options(), pauses });

    test("a getter that empties the field, or releases the object, at its first reading", () => {
      for (const act of ["empty", "release", "dispose"] as const) {
        const heap = Heap.createSync(settings());
        let holder: Handle | undefined;
        const scene = withUnasked(heap, () => {
          if (act === "empty") heap.core.setRef(scene.address, scene.slot, 0);
          if (act === "release") holder?.release();
          if (act === "dispose") heap.dispose();
          if (act !== "dispose") for (let i = 0; i < 50; i++) heap.core.alloc(scene.Item.id);
          return ref(scene.Item);
        });
        const Box = heap.struct("Box", { in: "ref" });
        const boxed = heap.core.alloc(Box.id);
        heap.core.setRef(boxed, 0, scene.address);
        heap.core.decref(scene.address);
        heap.roots.set("box", heap.gc.getObjects(Box)[0] as Handle);
        const found = heap.roots.get("box", Box)?.in as unknown as ReturnType<typeof scene.Holder.new>;
        heap.core.setRef(boxed, 0, 0);
        holder = found;
        const code = codeOf(() => expect(found.to).toBeNull());
        expect(code).toBe({ empty: "no error", release: "RELEASED_HANDLE", dispose: "HEAP_DISPOSED" }[act]);
        if (act !== "dispose") heap.verify();
      }
    });

    test("a getter that releases an object on the path", () => {
      withHeap(settings(), (heap) => {
        const scene = withUnasked(heap, () => {
          scene.list.clear();
          for (let i = 0; i < 50; i++) heap.core.alloc(scene.Item.id);
          heap.verify();
          return ref(scene.Item);
        });
        const list = scene.list as ReturnType<typeof heap.list<Handle>>;
        heap.gc.getObjects(scene.Holder).forEach((holder) => {
          list.append(holder);
          holder.release();
        });
        heap.core.decref(scene.address);
        expect(list.read<number>(0, "to", "n")).toBe(7);
        expect(heap.gc.getObjects(scene.Holder)).toEqual([]);
      });
    });

    test("writing an object with repr calls no getter", () => {
      withHeap(settings(), (heap) => {
        const scene = withUnasked(heap, () => {
          throw new Error("asked");
        });
        const [holder] = heap.gc.getObjects(scene.Holder);
        expect([holder?.repr(), holder?.toJS() as unknown]).toEqual(["Holder(to=Item(n=7))", { to: { n: 7 } }]);
      });
    });

    test("effects of getters and finalizers during save are in the image completely, or not at all", () => {
      withHeap(settings(), (heap) => {
        let made = 0;
        const Item = heap.struct("Item", { next: "ref" });
        const parts = heap.list();
        const define = () => {
          const Late = heap.struct(`Late ${++made}`, {
            get to() {
              if (made < 4) define();
              for (let i = 0; i < 20; i++) parts.append(Item.new({ next: parts }));
              return weak(Late);
            },
          });
        };
        define();
        heap.struct("Doomed", { n: "i32" }, { finalize: define }).new().release();
        const { objects } = heap.stats();
        const restored = restoreSync(save(heap), options());
        restored.verify();
        expect([made, restored.stats().objects > objects]).toEqual([4, true]);
        expect(codeOf(() => restored.struct("Late 4", { to: "weak" }))).toBe("TYPE_MISMATCH");
      });
    });

    test("a getter that reads its own field: the first answer stays", () => {
      withHeap(settings(), (heap) => {
        let calls = 0;
        const Person = heap.struct("Person", {
          get buddy() {
            if (++calls === 1) {
              Person.new().release();
              return required("ref") as never;
            }
            return ref(Person);
          },
        });
        const person = Person.new();
        expect([person.buddy, calls]).toEqual([null, 2]);
      });
    });
  });
});
