/**
 * What a subject brings: the steps that workloads are made of, each written in the subject's own language. An "object"
 * has two references, and nothing else. A subject that lacks a step lacks the workloads that need it.
 *
 * @typedef {object} Program
 *
 * Common:
 * @property {(on: 0 | 1) => void} enable          the collector on or off, where it can be; it starts on
 * @property {() => number} collect                one full collection; objects found to be garbage, where that is known
 * @property {() => number} alive                  objects that are alive, or that can be reached from what is held
 *
 * Births and deaths:
 * @property {(count: number) => void} churn       makes an object and drops it, so many times
 * @property {(depth: number) => void} trees       makes a binary tree of 2 ** (depth + 1) - 1 objects and drops it
 * @property {(depth: number) => number} treeNodes makes one, counts its objects by walking it, drops it
 * @property {(count: number) => void} chain       holds a linked list, the last object made first
 * @property {() => void} drop                     lets go of what is held; without reference counts, collects
 *
 * Graphs, all held by a list of the language's own:
 * @property {(count: number) => void} graph       both references of each item lead to items drawn at random
 * @property {(count: number) => void} sequence    each item leads to the next and the previous one
 * @property {(replacements: number) => void} age  replaces items of a graph, drawn at random, by new objects that lead to others
 *                                                 drawn at random; the old ones lose their references first
 * @property {() => void} redraw                   draws all references of the graph anew, from the first seed
 * @property {() => number} edges                  how many references of the items are what the workload says
 * @property {() => void} keepFirst                lets go of the list, but not of its first item
 *
 * Graphs of hard shapes, of so many objects (`bench/workloads/shapes.mjs`), held:
 * @property {(count: number) => void} boxed       a list, newest first, each of whose nodes holds a float
 * @property {(count: number, length: number) => void} chunks  a list of lists of so many floats
 * @property {(count: number) => void} comb        a list each of whose nodes holds ten objects in a row
 * @property {(count: number) => void} hub         a list that refers to all, in an order drawn at random
 * @property {(count: number) => void} weakMap     a list, and a weak map with each item as a key
 *
 * Cycles:
 * @property {(count: number) => void} cycles      makes so many objects, in cycles of two, each dropped at once
 * @property {(count: number) => void} garbage     makes so many that one collection will find dead
 * @property {() => number} [found]                objects that collections have found so far
 * @property {(objects: number) => void} ring      holds a list of cycles of two
 * @property {(bytes: number) => void} [reserve]   takes memory, once, that what follows grows into
 * @property {(count: number) => void} replace     replaces cycles of the ring, drawn at random, by new ones
 *
 * Beside the ring, one thing of so many objects (of the array: slots), and letting go of it:
 * @property {(count: number) => void} largeList
 * @property {(count: number) => void} largeCycle
 * @property {(count: number) => void} largeDict
 * @property {(count: number) => void} largeArray
 * @property {() => void} letGo
 *
 * Of a collector that works in steps:
 * @property {{ clock?: () => number, recorder?: PauseRecorder, cycles: number }} steps  are recorded while there is a clock; finished cycles
 * @property {() => number} objects                objects alive, and garbage that is still there
 *
 * Blocks of mixed sizes (100,000 of them):
 * @property {(min: number, max: number) => void} mixedStart
 * @property {(count: number) => void} mixed       replaces blocks drawn at random by ones of a size drawn from [min, max)
 * @property {() => number} mixedBytes             bytes asked for by those there are; -1 if one holds not what was written
 *
 * Memory:
 * @property {() => number} bytesInUse             bytes that serve objects, by the subject's own books (whole pages, where it has pages)
 * @property {() => number} bytesTaken             bytes taken from the system or the engine
 */
export {};
