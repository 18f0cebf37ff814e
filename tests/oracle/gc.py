"""Plays programs on CPython's own objects, and tells after each step what happened and what is there."""

import gc
import json
import sys
import weakref
from sys import getrefcount

gc.disable()
gc.collect()
# What a full collection freezes of its own accord: CPython's immortals.
IMMORTALS = gc.get_freeze_count()

FIELDS = ("a", "b", "c", "d")
ROOTS = 10


class World:
    """What a program works on, begun anew for each."""

    def __init__(self):
        self.roots = [None] * ROOTS
        # What hooks keep, each under a name of its own, so that it does not matter which hook runs first.
        self.kept = {}
        self.hooks = {}
        self.events = []
        # Who was born where. An address may be used again, and is then named again. The name is not in the object: one
        # that the collector has cleared has no slots left, but can still be seen, through a weak reference that its
        # own finalizer made.
        self.names_at = {}
        # Each object holds its number in `names`, as a float of its own that nothing else but `numbers` holds: its
        # refcount tells whether the object lives, and the collector knows nothing of it.
        self.names = []
        self.numbers = []
        self.finalizers = []
        self.watchers = []
        self.heard = 0
        # Frozen objects that are none of the program's.
        self.frozen_others = 0
        self.has_frozen = False
        self.is_thawed = False
        # Weak references with a callback, if the program holds all of them.
        self.pinned = None
        self.is_over = False


world = World()


def finalizer(self):
    name = name_of(self)
    world.events.append("finalizer of " + name)
    run_hook(name, self)


def callback(ref):
    name = name_of(ref)
    world.events.append("callback of " + name + (" too early" if ref() is not None else ""))
    run_hook(name, None)


def make_class(slots, has_finalizer):
    body = {"__slots__": (*FIELDS[:slots], "number", "__weakref__")}
    if has_finalizer:
        body["__del__"] = finalizer
    return type("Node", (), body)


CLASSES = {(slots, has): make_class(slots, has) for slots in (2, 3, 4) for has in (False, True)}
FIELDS_OF = {made: FIELDS[:slots] for (slots, _), made in CLASSES.items()}


class Ref(weakref.ref):
    """A weak reference with a callback. The callback is one for all: a closure would be an object of the collector's."""

    __slots__ = ("number",)


REFS = (Ref, weakref.ref)
NAMED = {*FIELDS_OF, *REFS}


def give_name(thing, name):
    world.names_at[id(thing)] = name
    thing.number = float(len(world.names))
    world.names.append(name)
    world.numbers.append(thing.number)


def field_of(node, index):
    fields = FIELDS_OF[type(node)]
    return fields[index % len(fields)]


def is_node(value):
    return type(value) in FIELDS_OF


def name_of(value):
    if type(value) is weakref.ref:
        # One with a callback is part of a `weakref.finalize`.
        return world.names_at.get(id(value)) if value.__callback__ is None else None
    return world.names_at[id(value)] if type(value) in NAMED else None


# ---- Operations, of programs and of hooks. What they hold is let go explicitly, so that both sides do it in one order.


def new(name, slots, hook):
    node = CLASSES[slots, hook is not None]()
    for field in FIELDS_OF[type(node)]:
        setattr(node, field, None)
    give_name(node, name)
    world.hooks[name] = hook or []
    return node


def watch(name, node, hook):
    if hook is None:
        ref = weakref.ref(node)
        world.names_at[id(ref)] = "shared of " + name_of(node)
        return ref
    ref = Ref(node, callback)
    give_name(ref, name)
    world.hooks[name] = hook
    if world.pinned is not None:
        world.pinned.append(ref)
    return ref


def collect(generation):
    world.events.append(f"collect {generation}")
    found = gc.collect(generation)
    world.events.append(f"collected {found}")


def op_new(name, root, slots, hook):
    node = new(name, slots, hook)
    world.roots[root] = node
    del node


def op_set(name, root, slot, other):
    node = world.roots[root]
    value = world.roots[other]
    if is_node(node) and value is not None:
        setattr(node, field_of(node, slot), value)
    del value
    del node


def op_clear(name, root, slot):
    node = world.roots[root]
    if is_node(node):
        setattr(node, field_of(node, slot), None)
    del node


def op_drop(name, root):
    world.roots[root] = None


def op_copy(name, root, other):
    node = world.roots[root]
    world.roots[other] = node
    del node


def op_follow(name, root, slot, other):
    node = world.roots[root]
    if is_node(node):
        value = getattr(node, field_of(node, slot))
        if value is not None:
            world.roots[other] = value
        del value
    del node


def op_weak(name, root, other, hook):
    node = world.roots[root]
    if is_node(node):
        ref = watch(name, node, hook)
        world.roots[other] = ref
        del ref
    del node


def op_deref(name, root, other):
    ref = world.roots[root]
    if type(ref) in REFS:
        node = ref()
        if node is not None:
            world.roots[other] = node
        del node
    del ref


def op_collect(name, generation):
    collect(generation)


def op_forget(name, index):
    if world.kept:
        key = sorted(world.kept)[index % len(world.kept)]
        node = world.kept.pop(key)
        del node


def op_forgetAll(name):
    # What goes may be kept once more, by a finalizer that had not run.
    while world.kept:
        while world.kept:
            node = world.kept.pop(min(world.kept))
            del node
        op_settle(name)


def op_settle(name):
    """Often enough to find what finalizers made, and what theirs made."""
    for _ in range(5):
        collect(2)


def op_pin(name):
    world.pinned = []


def finalize(name):
    world.events.append("finalize " + name)
    run_hook(name, None)
    return name


def op_finalize(name, root, hook):
    node = world.roots[root]
    if is_node(node):
        world.hooks[name] = hook
        world.finalizers.append(weakref.finalize(node, finalize, name))
    del node


def pick_finalizer(index):
    return world.finalizers[index % len(world.finalizers)] if world.finalizers else None


def op_callFinalizer(name, index):
    made = pick_finalizer(index)
    if made is not None:
        try:
            world.events.append(f"{name} returned {made()}")
        except Expected:
            world.events.append(f"{name} raised")


def op_peek(name, index):
    made = pick_finalizer(index)
    if made is not None:
        world.events.append(f"{name} peeked {read_finalization(made.peek())} {made.alive}")


def op_detach(name, index):
    made = pick_finalizer(index)
    if made is not None:
        world.events.append(f"{name} detached {read_finalization(made.detach())} {made.alive}")


def read_finalization(found):
    return None if found is None else f"{name_of(found[0])} {found[2][0]}"


def op_saveAll(name, is_on):
    gc.set_debug(gc.DEBUG_SAVEALL if is_on else 0)


def op_emptyGarbage(name):
    # What dies of it dies in the order in which it was found.
    world.events.append("collect garbage")
    gc.garbage.clear()
    world.events.append("collected garbage")


def op_freeze(name):
    if world.is_thawed:
        world.frozen_others = gc.get_freeze_count()
        world.is_thawed = False
    # Nothing may be frozen here that dies later: no generators, no lists of arguments in the functions around.
    value = None  # there may be no object
    tracked = gc.get_objects()
    for value in tracked:
        if name_of(value) is None:
            world.frozen_others += 1
    del value, tracked
    gc.freeze()
    world.has_frozen = True


def op_unfreeze(name):
    gc.unfreeze()
    world.frozen_others = 0
    world.is_thawed = True


def op_watch(name, hook):
    """A callback of collections."""
    world.hooks[name] = hook

    def watcher(phase, info):
        world.heard += 1
        told = f"{info['generation']} {info['collected']} {info['uncollectable']}"
        world.events.append(f"{name} heard {phase} {told}")
        run_hook(name, None, f"{name}#{world.heard}")

    world.watchers.append(watcher)
    gc.callbacks.append(watcher)


def op_unwatch(name, index):
    if gc.callbacks:
        del gc.callbacks[index % len(gc.callbacks)]


def op_referrers(name, root):
    node = world.roots[root]
    if node is not None:
        found = {name_of(value) for value in gc.get_referrers(node)} - {None}
        world.events.append(f"{name} has referrers {' '.join(sorted(found))}")
    del node


def op_referents(name, root):
    node = world.roots[root]
    if node is not None:
        found = [name_of(value) for value in gc.get_referents(node)]
        world.events.append(f"{name} has referents {' '.join(one for one in found if one is not None)}")
    del node


def op_all(name, steps):
    for index in range(len(steps)):
        operate(f"{name}_{index}", steps[index])


OPERATIONS = {key[3:]: value for key, value in list(globals().items()) if key.startswith("op_")}


def operate(name, step):
    OPERATIONS[step[0]](name, *step[1:])


# ---- What finalizers and callbacks do. `node` is the object that dies; a callback has none.


class Expected(Exception):
    pass


def act_keep(name, node):
    if node is not None:
        world.kept[name] = node


def act_keepSlot(name, node, slot):
    if node is not None:
        value = getattr(node, field_of(node, slot))
        if value is not None:
            world.kept[name] = value
        del value


def act_clear(name, node):
    if node is not None:
        for field in FIELDS_OF[type(node)]:
            setattr(node, field, None)


def act_link(name, node, slot, root, other):
    target = world.roots[root]
    if node is not None and is_node(target):
        value = getattr(node, field_of(node, slot))
        if value is not None:
            setattr(target, field_of(target, other), value)
        del value
    del target


def act_toRoot(name, node, root):
    if node is not None:
        world.roots[root] = node


def act_new(name, node, place, hook):
    born = new(name, 2, hook)
    if place == "kept":
        world.kept[name] = born
    elif place == "slot" and node is not None:
        node.a = born
    elif place == "cycle":
        born.a = born
    del born


def act_collect(name, node, generation):
    collect(generation)


def act_raise(name, node):
    raise Expected


def act_drop(name, node, root):
    world.roots[root] = None


def act_deref(name, node, root):
    ref = world.roots[root]
    if type(ref) in REFS:
        world.events.append(f"{name} saw {read_target(ref)}")
    del ref


def act_unwatch(name, node, index):
    op_unwatch(name, index)


def act_weak(name, node, root, hook):
    if node is not None:
        ref = watch(name, node, hook)
        world.roots[root] = ref
        del ref


ACTIONS = {key[4:]: value for key, value in list(globals().items()) if key.startswith("act_")}


def run_hook(owner, node, name=None):
    """`name` is that of this run, for hooks that run more than once."""
    if world.is_over:
        return
    for index, (action, *rest) in enumerate(world.hooks[owner]):
        ACTIONS[action](f"{name or owner}.{index}", node, *rest)


sys.unraisablehook = lambda unraisable: world.events.append("raised " + unraisable.exc_type.__name__)


# ---- What there is.


def read_target(ref):
    node = ref()
    return None if node is None else name_of(node)


def read_slots(node):
    return [None if value is None else name_of(value) for value in (getattr(node, f) for f in FIELDS_OF[type(node)])]


def read_refs(node):
    return [name_of(ref) or "finalize" for ref in weakref.getweakrefs(node)]


def visit(node, order, seen):
    """Adds what can be reached to `order`, which is then the only thing that holds more than the program does."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    order.append(node)
    if is_node(node):
        for field in FIELDS_OF[type(node)]:
            visit(getattr(node, field), order, seen)


def read_nodes():
    order = []
    seen = set()
    for node in world.roots:
        visit(node, order, seen)
    for key in sorted(world.kept):
        visit(world.kept[key], order, seen)
    for node in gc.garbage:
        visit(node, order, seen)
    del node
    told = []
    for node in order:
        count = getrefcount(node) - 3  # in `order`, in `node`, and as an argument
        if is_node(node):
            told.append([name_of(node), count, gc.is_finalized(node), read_refs(node), read_slots(node)])
        else:
            told.append([name_of(node), count, read_target(node)])
    return sorted(told, key=lambda node: node[0])


def read_alive():
    # In `numbers`, in `number`, and as an argument.
    return sorted(world.names[int(number)] for number in world.numbers if getrefcount(number) > 3)


def read_generation(generation):
    names = [name_of(value) for value in gc.get_objects(generation) if type(value) in NAMED]
    return sorted(name for name in names if name is not None)


def read_name_of_root(node):
    return None if node is None else name_of(node)


def read_frozen():
    # Walks over all there is; nothing of the program's is frozen before it freezes.
    if not world.has_frozen:
        return 0
    count = gc.get_freeze_count() - world.frozen_others
    return 0 if world.is_thawed and count == IMMORTALS else count


def observe():
    return {
        "roots": [read_name_of_root(node) for node in world.roots],
        "kept": {key: name_of(node) for key, node in world.kept.items()},
        "nodes": read_nodes(),
        "alive": read_alive(),
        "generations": [read_generation(generation) for generation in range(3)],
        "counts": gc.get_count()[1:],
        "frozen": read_frozen(),
        "garbage": sorted(name_of(value) for value in gc.garbage),
    }


def play(program):
    global world
    world = World()
    gc.freeze()
    world.frozen_others = gc.get_freeze_count()
    told = []
    try:
        for index in range(len(program)):
            operate(f"o{index}", program[index])
            events = world.events[:]
            world.events.clear()
            told.append([events, observe()])
    finally:
        end()  # nothing of a program that failed may die in the next one's world
    return told


def end():
    """Lets everything die, and nothing happen."""
    world.is_over = True
    gc.set_debug(0)
    gc.callbacks.clear()
    for made in world.finalizers:
        made.detach()
    world.finalizers.clear()
    world.roots.clear()
    world.kept.clear()
    world.pinned = None
    gc.garbage.clear()
    if world.has_frozen:
        gc.unfreeze()
    gc.collect()


def play_all(text):
    return json.dumps([play(program) for program in json.loads(text)], separators=(",", ":"))
