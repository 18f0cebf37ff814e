"""The workloads in Python, for CPython on the machine itself and in WebAssembly. See `bench/subjects/program.mjs`."""

import gc
import weakref

SEED = 12345
OTHERS_SEED = 67890


class Pair:
    """Without `__init__`, which would cost a call of its own for each object. What is not set is no reference."""

    __slots__ = ("a", "b")


class Key(Pair):
    """Can be referred to weakly."""

    __slots__ = ("__weakref__",)


def drawing(state):
    def draw(bound):
        nonlocal state
        state ^= (state << 13) & 0xFFFFFFFF
        state ^= state >> 17
        state ^= (state << 5) & 0xFFFFFFFF
        return state % bound

    return draw


held = None
is_drawn = True
collected = 0
draw_next = drawing(OTHERS_SEED)


def enable(on):
    if on:
        gc.enable()
    else:
        gc.disable()


def collect():
    return gc.collect()


def found():
    return sum(generation["collected"] for generation in gc.get_stats())


def alive():
    return sum(type(candidate) is Pair for candidate in gc.get_objects())


# Births and deaths


def churn(count):
    make = Pair
    for _ in range(count):
        make()


def tree(depth):
    node = Pair()
    if depth:
        node.a = tree(depth - 1)
        node.b = tree(depth - 1)
    return node


def trees(depth):
    tree(depth)


def count_nodes(node):
    return 1 + sum(count_nodes(getattr(node, name)) for name in "ab" if hasattr(node, name))


def treeNodes(depth):
    return count_nodes(tree(depth))


def chain(count):
    global held
    head = None
    for _ in range(count):
        node = Pair()
        node.a = head
        head = node
    held = head


def drop():
    global held
    held = None


# Graphs


def fill(count):
    global held
    held = [Pair() for _ in range(count)]


def redraw():
    global is_drawn
    draw = drawing(SEED)
    items = held
    length = len(items)
    for item in items:
        item.a = items[draw(length)]
        item.b = items[draw(length)]
    is_drawn = True


def graph(count):
    fill(count)
    redraw()


def sequence(count):
    global is_drawn
    fill(count)
    for i in range(count):
        held[i].a = held[i + 1] if i + 1 < count else None
        held[i].b = held[i - 1] if i else None
    is_drawn = False


def age(replacements):
    draw = drawing(OTHERS_SEED)
    items = held
    length = len(items)
    for _ in range(replacements):
        index = draw(length)
        item = Pair()
        item.a = items[draw(length)]
        item.b = items[draw(length)]
        old = items[index]
        old.a = old.b = None
        items[index] = item


def edges():
    items = held
    length = len(items)
    draw = drawing(SEED)
    right = 0
    for i, item in enumerate(items):
        if is_drawn:
            a, b = items[draw(length)], items[draw(length)]
        else:
            a, b = items[i + 1] if i + 1 < length else None, items[i - 1] if i else None
        right += (item.a is a) + (item.b is b)
    return right


def keepFirst():
    global held
    held = held[0]


# Shapes that are hard to mark


def prepend(head, value):
    node = Pair()
    node.a = value
    node.b = head
    return node


def boxed(count):
    global held
    head = None
    for i in range(count // 2):
        head = prepend(head, i + 0.5)
    held = head


def chunks(count, length):
    global held
    head = None
    for _ in range(count // (length + 2)):
        head = prepend(head, [i + 0.5 for i in range(length)])
    held = head


def comb(count):
    global held
    head = None
    for _ in range(count // 11):
        tooth = Pair()
        for _ in range(9):
            longer = Pair()
            longer.a = tooth
            tooth = longer
        head = prepend(head, tooth)
    held = head


def hub(count):
    global held
    items = [Pair() for _ in range(count)]
    draw = drawing(OTHERS_SEED)
    for i in range(count - 1, 0, -1):
        j = draw(i + 1)
        items[i], items[j] = items[j], items[i]
    held = items


def weakMap(count):
    """A value that leads to its key would keep it alive: here it is the key before, which is alive anyway."""
    global held
    keys = [Key() for _ in range(count)]
    notes = weakref.WeakKeyDictionary()
    before = None
    for key in keys:
        notes[key] = before
        before = key
    held = (keys, notes)


# Cycles


def cycle():
    a = Pair()
    b = Pair()
    a.a = b
    b.a = a
    return a


def cycles(count):
    for _ in range(count // 2):
        a = Pair()
        b = Pair()
        a.a = b
        b.a = a
    a = b = None


garbage = cycles


def ring(objects):
    global held, draw_next
    held = [cycle() for _ in range(objects // 2)]
    draw_next = drawing(OTHERS_SEED)


def replace(count):
    items = held
    length = len(items)
    draw = draw_next
    for _ in range(count):
        items[draw(length)] = cycle()
