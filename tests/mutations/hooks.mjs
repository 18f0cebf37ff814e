// Mistakes to plant: finalizers and callbacks, and what waits for them. See core.mjs.

const hooks = "assembly/death/hooks.ts";

export default [
  {
    name: "hooks: an object is not held while its finalizer runs",
    file: hooks,
    find: "  hold(object);\n  const floor = enterHook();",
    replace: "  const floor = enterHook();",
  },
  {
    name: "hooks: any number may run inside each other",
    file: hooks,
    find: "  if (control.nesting >= MAX_NESTING) return false;",
    replace: "",
  },
  {
    name: "hooks: what a hook starts may go on with deaths below it",
    file: hooks,
    find: "  control.dyingFloor = control.dyingTop;",
    replace: "",
  },
  {
    name: "hooks: dying objects are not roots of a cycle that has passed them",
    file: hooks,
    find: "  setPrev(object, firstCursor(object, typeOf(object)));\n  shade(object);",
    replace: "  setPrev(object, firstCursor(object, typeOf(object)));",
  },
  {
    name: "hooks: the last deferred object is lost",
    file: hooks,
    find: "  if (control.waitingFirst) setNext(control.waitingLast, object);",
    replace: "  if (control.waitingFirst) setNext(control.waitingFirst, object);",
  },
  {
    name: "hooks: the births to come do not go on with what is deferred",
    file: hooks,
    find: "  control.waitingLast = <u32>object;\n  seeToWaiting();",
    replace: "  control.waitingLast = <u32>object;",
  },
  {
    name: "hooks: one more than the limit may nest",
    file: hooks,
    find: "  if (control.nesting >= MAX_NESTING) return false;",
    replace: "  if (control.nesting > MAX_NESTING) return false;",
  },
  {
    name: "hooks: a hook that found no room leaves none to those after it",
    file: hooks,
    find: "  control.dyingFloor = floor;\n  control.room = ROOM;",
    replace: "  control.dyingFloor = floor;",
  },
  {
    name: "hooks: the floor stays where a hook put it",
    file: hooks,
    find: "  control.nesting--;\n  control.dyingFloor = floor;",
    replace: "  control.nesting--;",
  },
  {
    name: "hooks: a weak reference keeps its place in the chain of callbacks",
    file: hooks,
    find: "    setNextWeakref(weakref, 0);\n    if (generation >= 0) call(weakref);",
    replace: "    if (generation >= 0) call(weakref);",
  },
  {
    name: "hooks: weak references that were called die in the wrong order",
    file: hooks,
    find: "      pushBelow(generation < 0 ? last : 0, weakref);",
    replace: "      pushBelow(0, weakref);",
  },
  {
    name: "hooks: a weak reference that a collection calls stays in its generation",
    file: hooks,
    find: "    } else if (generation >= 0) moveTo(generation, weakref);",
    replace: "    }",
  },
  {
    name: "hooks: of deferred callbacks only the first of each death is known",
    file: hooks,
    find: "  control.callbacksLast = <u32>lastOfChain(first);",
    replace: "  control.callbacksLast = <u32>first;",
  },
  {
    name: "hooks: deaths that wait on the stack do not count as waiting",
    file: hooks,
    find: "  return (control.waitingFirst | control.callbacksFirst) != 0 || control.dyingTop != control.dyingFloor;",
    replace: "  return (control.waitingFirst | control.callbacksFirst) != 0;",
  },
  {
    name: "hooks: lists begin to die at their start",
    file: hooks,
    find: "  return !isPlain(type) && dropsLastFirst(type) ? <usize>slotCount(object, type) : 0;",
    replace: "  return 0;",
  },
  {
    name: "hooks: what waits in the queue is not counted",
    file: hooks,
    find: "  for (let object = <usize>control.waitingFirst; object; object = nextOf(object)) count++;\n",
    replace: "",
  },
  {
    name: "hooks: a chain of callbacks is called the whole way before it is known whether there is room",
    file: hooks,
    find: "  if (canRunHooks()) callEach(first);\n  else deferCallbacks(first);",
    replace: "  callEach(first);",
  },
  {
    name: "hooks: the hooks of a collection's events do not count as running",
    file: hooks,
    find: "  const floor = enterHook();\n  host.tellCollection(event, generation, collected);\n  leaveHook(floor);",
    replace: "  host.tellCollection(event, generation, collected);",
  },
];
