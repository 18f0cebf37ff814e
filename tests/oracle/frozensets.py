"""Makes nested keys from their codes, and tells what Python says of them."""

import json


def value_of(code):
    kind, content = code
    if kind == "tuple":
        return tuple(map(value_of, content))
    if kind == "frozenset":
        return frozenset(map(value_of, content))
    if kind == "set":
        return set(map(value_of, content))
    return {"none": lambda: None, "bool": lambda: content, "float": lambda: float(content)}.get(kind, lambda: content)()


def compare(text):
    """For each two values: whether they are equal, and whether the second is in a set of the first alone."""
    codes = json.loads(text)
    # Twice, so that nothing is equal because it is the same.
    ones, others = [value_of(code) for code in codes], [value_of(code) for code in codes]
    return json.dumps([[answers(one, other) for other in others] for one in ones])


def answers(one, other):
    try:
        is_in = other in {one}
    except TypeError:
        is_in = "TypeError"
    return [one == other, is_in, is_in if is_in == "TypeError" else [other].index(one) == 0 if one == other else False]


def play(text):
    """Plays operations on one dict and one set, and tells what comes of each."""
    codes, steps = json.loads(text)
    dict_, set_ = {}, set()
    operations = {
        "get": lambda key, n: dict_.get(key),
        "put": lambda key, n: dict_.__setitem__(key, n),
        # An empty dict would not ask for the hash.
        "pop": lambda key, n: (hash(key), dict_.pop(key, None))[1],
        "add": lambda key, n: set_.add(key),
        "has": lambda key, n: key in set_,
        "discard": lambda key, n: set_.discard(key),
    }
    told = []
    for operation, index, n in steps:
        try:
            result = operations[operation](value_of(codes[index]), n)
        except TypeError:
            result = "TypeError"
        told.append([result, len(dict_), len(set_)])
    return json.dumps(told)
