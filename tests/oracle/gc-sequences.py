"""Lets objects be born and die under random thresholds, and tells which collections CPython makes of it."""

import gc
import json
import weakref

gc.disable()
gc.collect()


class Node:
    __slots__ = ("link", "__weakref__")


limbo = [None]


class Lingering:
    __slots__ = ()

    def __del__(self):
        limbo[0] = self


def callback(ref):
    pass


def play(text):
    """
    What the collector counts is only what the program is about: all else is frozen, and nothing here makes objects
    of the collector's while it runs. But for what tells of a collection: as much of `ballast` dies.
    """
    program = json.loads(text)
    steps = program["steps"]
    kept = [None] * program["places"]
    watchers = [None] * program["places"]
    old = [None] * program["old"]
    ballast = [Node() for _ in range(20_000)]
    told = []

    def watch(phase, info):
        if phase == "start":
            return
        told.append(info["generation"])
        told.append(info["collected"])
        settle()

    def settle():
        """Makes the first count 0."""
        # Tuples count where there are no old ones to use again, which a full collection sees to.
        weakref.ref(ballast[0], callback)
        gc.get_count()
        for _ in range(gc.get_count()[0]):
            ballast.pop()

    gc.set_threshold(*program["thresholds"])
    gc.collect()
    gc.freeze()
    for i in range(len(old)):
        old[i] = Node()
    gc.collect()
    gc.callbacks.append(watch)
    settle()
    gc.enable()
    for i in range(0, len(steps), 2):
        kind = steps[i]
        place = steps[i + 1]
        if kind == 0:
            kept[place] = None
            node = Node()
            kept[place] = node
            del node
        elif kind == 1:
            Node()
        elif kind == 2:
            node = Node()
            node.link = node
            del node
        elif kind == 3:
            kept[place] = None
        elif kind == 4:
            gc.collect(place)
        elif kind == 5:
            if kept[place] is not None:
                watchers[place] = None
                ref = weakref.ref(kept[place], callback)
                watchers[place] = ref
                del ref
        else:
            Lingering()
        count0, count1, count2 = gc.get_count()
        told.append(-1 - count0 - 1000 * count1 - 1_000_000 * count2)
    gc.disable()
    gc.callbacks.clear()
    old.clear()
    kept.clear()
    watchers.clear()
    limbo[0] = None
    gc.collect()
    return json.dumps(told)
