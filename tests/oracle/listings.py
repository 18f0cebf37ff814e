# The listings of the tour as Python programs: one function each, whose output the tour must match.
# `listing_4` ends as a script does: its remaining global goes when its namespace is cleared.

import gc
import sys
import weakref


def listing_1():
    a = [1, 2, 3]
    b = a
    print(a is b)
    print(id(a) == id(b))
    a.append(4)
    print(b)
    a = [9]
    print(b)


def listing_3():
    data = [1, 2, 3]
    print("Reference count:", sys.getrefcount(data))
    another = data
    print("Reference count:", sys.getrefcount(data))
    del another
    print("Reference count:", sys.getrefcount(data))
    del data


SCRIPT_4 = '''
class Thing:
    def __init__(self, title):
        self.title = title
        print(f"Created {title}")

    def __del__(self):
        print(f"Deleting {self.title}")


print("Creating object 1:")
obj1 = Thing("Object 1")

print("\\nCreating object 2 and deleting it:")
obj2 = Thing("Object 2")
del obj2

print("\\nReassigning obj1:")
obj1 = Thing("Object 3")

print("\\nFunction scope test:")
def f():
    temp = Thing("Temporary")
    print("Inside function")
f()
print("After function")

print("\\nScript ending...")
'''


def listing_4():
    namespace = {"__name__": "__main__"}
    exec(SCRIPT_4, namespace)
    namespace.clear()


def listing_5():
    class Node:
        def __init__(self, title):
            self.title = title
            self.other = None

        def __del__(self):
            print(f"Deleting {self.title}")

    gc.collect()
    print("Creating two nodes:")
    node1 = Node("Node 1")
    node2 = Node("Node 2")
    print("Creating circular reference:")
    node1.other = node2
    node2.other = node1
    print("Node 1 refcount:", sys.getrefcount(node1) - 1)
    print("Node 2 refcount:", sys.getrefcount(node2) - 1)
    watchers = [weakref.ref(node1), weakref.ref(node2)]
    print("Deleting our variables:")
    del node1, node2
    if all(watcher() is not None for watcher in watchers):
        print("Objects still alive! (reference counts aren't zero)")
    counts = [sys.getrefcount(watcher()) - 1 for watcher in watchers]
    if counts[0] == counts[1]:
        print(f"They only reference each other, but counts are still {counts[0]} each")
    print("Triggering garbage collection:")
    print(f"Collected {gc.collect()} objects")


def listing_6():
    print("Enabled:", gc.isenabled())
    print("Thresholds:", gc.get_threshold())
