// Lists, dicts, sets and structs in the heap, by Python's rules.
import { Heap } from "heapwright";

const heap = Heap.createSync();

const order = heap.from({
  id: 7,
  lines: [{ sku: "A-1", price: 9.5 }],
  seen: new Set(["web"]),
});
console.log(order); // {'id': 7, 'lines': [{'sku': 'A-1', 'price': 9.5}], 'seen': {'web'}}
console.log(order.read("lines", 0, "price")); // 9.5

const names = heap.list(["Bob", "Alice"]);
names.append("Carol");
names.sort();
console.log(names); // ['Alice', 'Bob', 'Carol']

const Point = heap.struct(
  "Point",
  { x: "f64", y: "f64" },
  {
    methods: {
      norm() {
        return Math.hypot(this.x, this.y);
      },
    },
  },
);
const point = Point.new({ x: 3, y: 4 });
console.log(point.norm()); // 5

const before = heap.stats().objects;
order.release(); // and all that only it held
console.log(before - heap.stats().objects > 5); // true
