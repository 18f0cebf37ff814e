"""Parses modules of the standard library, and writes down the object graph of the process that did."""

import array
import ast
import gc
import sys
import zipfile

HAVE_GC = 1 << 14
trees = []


def parse(modules):
    """Keeps the syntax trees of so many modules, by name. How many objects the collector tracks then."""
    archive = next(path for path in sys.path if path.endswith(".zip"))
    with zipfile.ZipFile(archive) as sources:
        names = sorted(name for name in sources.namelist() if name.endswith(".py"))
        for name in names[:modules]:
            trees.append(ast.parse(sources.read(name)))
    gc.collect()
    return len(gc.get_objects())


def capture(path):
    """
    Every object that the collector tracks, and what can be reached from those. 32-bit words: objects and references; then for each
    object its size with all headers, where its references begin, what it is (1: a type that is collected, 2: tracked,
    4: referred to from outside the graph); then the references.
    """
    gc.collect()
    gc.disable()
    objects = gc.get_objects()
    numbers = {id(candidate): number for number, candidate in enumerate(objects)}
    starts = array.array("I", [0])
    targets = array.array("I")
    at = 0
    while at < len(objects):
        for referent in gc.get_referents(objects[at]):
            number = numbers.get(id(referent))
            if number is None:
                number = numbers[id(referent)] = len(objects)
                objects.append(referent)
            targets.append(number)
        starts.append(len(targets))
        at += 1
    del referent
    inside = array.array("I", bytes(4 * len(objects)))
    for number in targets:
        inside[number] += 1
    sizes = array.array("I")
    flags = array.array("I")
    for number, candidate in enumerate(objects):
        sizes.append(sys.getsizeof(candidate))
        is_collected = type(candidate).__flags__ & HAVE_GC != 0
        # The list of all objects, the variable and the argument have a reference each.
        from_outside = sys.getrefcount(candidate) - 3 - inside[number]
        flags.append(is_collected | gc.is_tracked(candidate) << 1 | (from_outside > 0) << 2)
    with open(path, "wb") as file:
        array.array("I", [len(objects), len(targets)]).tofile(file)
        for words in (sizes, starts, flags, targets):
            words.tofile(file)
    return len(objects)
