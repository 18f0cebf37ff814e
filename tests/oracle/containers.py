"""Plays a program of operations on containers, and tells after each what it did and what is there."""

import gc
import json
import math
import unicodedata

gc.disable()


def update(target, other):
    """One by one: an empty dict would become a clone of the other, with its being tracked for no more reason."""
    for key, value in list(other.items()):
        target[key] = value


MISSING = object()
POPPED = object()


class Item:
    """Does things to containers when it dies."""

    is_awake = True

    def __init__(self, n, deeds, objects, told):
        self.n, self.deeds, self.objects, self.told = n, deeds, objects, told

    def __repr__(self):
        return f"Item(n={self.n})"

    def __del__(self):
        for deed in self.deeds if Item.is_awake else []:
            result = operate(deed, self.objects, self.told)
            self.told.append([self.n, result, show(self.objects[deed[1]])])


def operate(step, objects, told):
    operation, target = step[:2]
    arguments = [value_of(part, objects, told) if isinstance(part, list) else part for part in step[2:]]
    try:
        return read(OPERATIONS[operation](objects[target], *arguments))
    except (IndexError, KeyError, TypeError) as error:
        return type(error).__name__


def value_of(code, objects, told=None):
    """A value from its code: a kind and what it takes."""
    kind, content = code
    if kind == "object":
        return objects[content]
    if kind == "item":
        return Item(*content, objects, told)
    if kind == "tuple":
        # From a list: a generator would run after the tuple is born, and its parts be younger.
        return tuple([value_of(part, objects, told) for part in content])
    if kind == "bytes":
        return bytes(content)
    return {
        "none": lambda: None,
        "bool": lambda: content,
        "int": lambda: int(content),
        "float": lambda: float(content),
        "str": lambda: "".join(map(chr, content)),
    }[kind]()


def show(container):
    """A set by its elements in order: its own order is nobody's business."""
    if isinstance(container, set):
        return sorted(map(read, container))
    return repr(container)


def read(result):
    """What comes out: to JavaScript a whole float is no different from an int."""
    if type(result) is list and len(result) == 2 and result[0] is POPPED:
        return ", ".join(read(part) for part in result[1])
    is_whole = type(result) is float and result.is_integer() and abs(result) < 2**53
    if is_whole and (result != 0 or math.copysign(1, result) > 0):
        return repr(int(result))
    return repr(result)


def capacity(target):
    """Places that a list has room for, by its size: a place takes four bytes here."""
    return (target.__sizeof__() - [].__sizeof__()) // 4 if isinstance(target, list) else None


def sort(target):
    """CPython leaves a list half sorted when it fails."""
    before = target[:]
    try:
        target.sort()
    except TypeError:
        target[:] = before
        raise


def set_slice(target, start, end, other, step=None):
    """The slice of another list or tuple, or of a value, which is a list of itself then."""
    values = other if isinstance(other, (list, tuple)) else [other]
    try:
        target[start:end:step] = values
    except ValueError as error:
        raise TypeError from error


OPERATIONS = {
    "append": lambda target, value: target.append(value),
    "extend": lambda target, other: target.extend(other),
    "insert": lambda target, index, value: target.insert(index, value),
    "get": lambda target, index: target[index],
    "setItem": lambda target, index, value: target.__setitem__(index, value),
    "pop": lambda target, index: target.pop(index),
    "remove": lambda target, value: target.remove(value) if value in target else None,
    "removeRange": lambda target, start, end: target.__delitem__(slice(start, end)),
    "slice": lambda target, start, end, step=1: target[start:end:step],
    "setSlice": set_slice,
    "countOf": lambda target, value: target.count(value),
    "indexOf": lambda target, value: target.index(value) if value in target else -1,
    "count": lambda target: len(target),
    "reverse": lambda target: target.reverse(),
    "sort": sort,
    "clear": lambda target: target.clear(),
    "set": lambda target, key, value: target.__setitem__(key, value),
    "lookUp": lambda target, key: target.get(key, "missing"),
    "has": lambda target, key: key in target,
    "delete": lambda target, key: target.pop(key, MISSING) is not MISSING,
    "popItem": lambda target: [POPPED, target.popitem()],
    "setDefault": lambda target, key, value: target.setdefault(key, value),
    "update": update,
    "add": lambda target, key: target.add(key),
    "discard": lambda target, key: (key in target, target.discard(key))[0],
}
MAKE = {"list": list, "dict": dict, "set": set}


def play(text):
    objects = []
    told = []
    for step in json.loads(text):
        operation = step[0]
        if operation == "make":
            objects.append(MAKE[step[1]]())
            continue
        if operation == "makeTuple":
            objects.append(value_of(step[1], objects))
            continue
        if operation == "collect":
            gc.collect(step[1])
            told.append([gc.is_tracked(target) for target in objects])
            continue
        target = objects[step[1]]
        arguments = [value_of(part, objects) if isinstance(part, list) else part for part in step[2:]]
        try:
            result = read(OPERATIONS[operation](target, *arguments))
        except (IndexError, KeyError, TypeError) as error:
            result = type(error).__name__
        told.append([result, show(target), gc.is_tracked(target), capacity(target)])
    return json.dumps(told)


def play_hooked(text):
    """What an operation takes and returns dies after it is told what is there."""
    objects, told = [], []
    for step in json.loads(text):
        if step[0] == "make":
            objects.append(MAKE[step[1]]())
            continue
        operation, target = step[:2]
        arguments = [value_of(part, objects, told) if isinstance(part, list) else part for part in step[2:]]
        value = None
        try:
            value = OPERATIONS[operation](objects[target], *arguments)
            result = read(value)
        except (IndexError, KeyError, TypeError) as error:
            result = type(error).__name__
        told.append([result, show(objects[target]), capacity(objects[target])])
        del value, arguments
        told.append([show(one) for one in objects])
    Item.is_awake = False
    for one in objects:
        one.clear()
    Item.is_awake = True
    return json.dumps(told)


def is_assigned(value):
    """Which characters are printable depends on the version of Unicode, for those it does not know."""
    return not (isinstance(value, str) and any(unicodedata.category(c) == "Cn" for c in value))


def reprs(codes):
    values = [value_of(code, []) for code in json.loads(codes)]
    return json.dumps([repr(value) if is_assigned(value) else None for value in values])
