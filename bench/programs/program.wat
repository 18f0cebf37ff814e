;; The workloads on WasmGC's structs, which the engine collects. See `bench/subjects/program.mjs`.
(module
  (type $pair (struct (field $a (mut (ref null $pair))) (field $b (mut (ref null $pair)))))
  (type $items (array (mut (ref null $pair))))

  ;; Exported, so that nobody may conclude that what goes there is not needed.
  (global $sink (export "sink") (mut (ref null $pair)) (ref.null $pair))
  (global $first (mut (ref null $pair)) (ref.null $pair))
  (global $list (mut (ref null $items)) (ref.null $items))
  (global $marker (mut (ref null $pair)) (ref.null $pair))
  (global $drawn (mut i32) (i32.const 1))
  (global $state (mut i32) (i32.const 12345))

  (func $draw (param $bound i32) (result i32)
    (global.set $state (i32.xor (global.get $state) (i32.shl (global.get $state) (i32.const 13))))
    (global.set $state (i32.xor (global.get $state) (i32.shr_u (global.get $state) (i32.const 17))))
    (global.set $state (i32.xor (global.get $state) (i32.shl (global.get $state) (i32.const 5))))
    (i32.rem_u (global.get $state) (local.get $bound)))
  (func $length (result i32) (array.len (global.get $list)))
  (func $item (param $i i32) (result (ref null $pair)) (array.get $items (global.get $list) (local.get $i)))
  (func $any (result (ref null $pair)) (call $item (call $draw (call $length))))

  ;; Births and deaths
  (func (export "churn") (param $count i32)
    (loop $more
      (if (local.get $count) (then
        (global.set $sink (struct.new_default $pair))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $more)))))
  (func $tree (param $depth i32) (result (ref $pair))
    (if (result (ref $pair)) (i32.eqz (local.get $depth))
      (then (struct.new_default $pair))
      (else (struct.new $pair
        (call $tree (i32.sub (local.get $depth) (i32.const 1)))
        (call $tree (i32.sub (local.get $depth) (i32.const 1)))))))
  (func (export "trees") (param $depth i32)
    (global.set $sink (call $tree (local.get $depth)))
    (global.set $sink (ref.null $pair)))
  (func $countNodes (param $node (ref null $pair)) (result i32)
    (if (result i32) (ref.is_null (local.get $node))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (i32.add
        (call $countNodes (struct.get $pair $a (local.get $node)))
        (call $countNodes (struct.get $pair $b (local.get $node))))))))
  (func (export "treeNodes") (param $depth i32) (result i32) (call $countNodes (call $tree (local.get $depth))))
  (func (export "chain") (param $count i32)
    (global.set $first (ref.null $pair))
    (loop $more
      (if (local.get $count) (then
        (global.set $first (struct.new $pair (global.get $first) (ref.null $pair)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $more)))))
  (func (export "drop")
    (global.set $first (ref.null $pair))
    (global.set $list (ref.null $items)))

  ;; Graphs
  (func $fill (param $count i32) (local $i i32)
    (global.set $list (array.new_default $items (local.get $count)))
    (loop $more
      (if (i32.lt_u (local.get $i) (local.get $count)) (then
        (array.set $items (global.get $list) (local.get $i) (struct.new_default $pair))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $more)))))
  (func $redraw (export "redraw") (local $i i32)
    (global.set $state (i32.const 12345))
    (global.set $drawn (i32.const 1))
    (loop $more
      (if (i32.lt_u (local.get $i) (call $length)) (then
        (struct.set $pair $a (call $item (local.get $i)) (call $any))
        (struct.set $pair $b (call $item (local.get $i)) (call $any))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $more)))))
  (func (export "graph") (param $count i32)
    (call $fill (local.get $count))
    (call $redraw))
  (func $next (param $i i32) (result (ref null $pair))
    (if (result (ref null $pair)) (i32.lt_u (i32.add (local.get $i) (i32.const 1)) (call $length))
      (then (call $item (i32.add (local.get $i) (i32.const 1))))
      (else (ref.null $pair))))
  (func $previous (param $i i32) (result (ref null $pair))
    (if (result (ref null $pair)) (local.get $i)
      (then (call $item (i32.sub (local.get $i) (i32.const 1))))
      (else (ref.null $pair))))
  (func (export "sequence") (param $count i32) (local $i i32)
    (call $fill (local.get $count))
    (global.set $drawn (i32.const 0))
    (loop $more
      (if (i32.lt_u (local.get $i) (local.get $count)) (then
        (struct.set $pair $a (call $item (local.get $i)) (call $next (local.get $i)))
        (struct.set $pair $b (call $item (local.get $i)) (call $previous (local.get $i)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $more)))))
  (func (export "age") (param $replacements i32) (local $index i32) (local $object (ref null $pair))
    (global.set $state (i32.const 67890))
    (loop $more
      (if (local.get $replacements) (then
        (local.set $index (call $draw (call $length)))
        (local.set $object (struct.new $pair (call $any) (call $any)))
        (struct.set $pair $a (call $item (local.get $index)) (ref.null $pair))
        (struct.set $pair $b (call $item (local.get $index)) (ref.null $pair))
        (array.set $items (global.get $list) (local.get $index) (local.get $object))
        (local.set $replacements (i32.sub (local.get $replacements) (i32.const 1)))
        (br $more)))))
  (func (export "edges") (result i32) (local $i i32) (local $right i32)
    (local $a (ref null $pair)) (local $b (ref null $pair))
    (global.set $state (i32.const 12345))
    (loop $more
      (if (i32.lt_u (local.get $i) (call $length)) (then
        (if (global.get $drawn)
          (then (local.set $a (call $any)) (local.set $b (call $any)))
          (else (local.set $a (call $next (local.get $i))) (local.set $b (call $previous (local.get $i)))))
        (local.set $right (i32.add (local.get $right) (i32.add
          (ref.eq (local.get $a) (struct.get $pair $a (call $item (local.get $i))))
          (ref.eq (local.get $b) (struct.get $pair $b (call $item (local.get $i)))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $more))))
    (local.get $right))
  (func (export "keepFirst")
    (global.set $first (call $item (i32.const 0)))
    (global.set $list (ref.null $items)))

  ;; Marks what it has counted, so it is the last thing done. The stack is a chain of pairs.
  (func (export "alive") (result i32) (local $i i32) (local $objects i32)
    (local $stack (ref null $pair)) (local $node (ref null $pair))
    (global.set $marker (struct.new_default $pair))
    (local.set $stack (struct.new $pair (global.get $first) (ref.null $pair)))
    (if (i32.eqz (ref.is_null (global.get $list))) (then
      (loop $more
        (if (i32.lt_u (local.get $i) (call $length)) (then
          (local.set $stack (struct.new $pair (call $item (local.get $i)) (local.get $stack)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $more))))))
    (loop $pop
      (if (i32.eqz (ref.is_null (local.get $stack))) (then
        (local.set $node (struct.get $pair $a (local.get $stack)))
        (local.set $stack (struct.get $pair $b (local.get $stack)))
        (br_if $pop (ref.is_null (local.get $node)))
        (br_if $pop (ref.eq (struct.get $pair $a (local.get $node)) (global.get $marker)))
        (local.set $stack (struct.new $pair (struct.get $pair $a (local.get $node)) (local.get $stack)))
        (local.set $stack (struct.new $pair (struct.get $pair $b (local.get $node)) (local.get $stack)))
        (struct.set $pair $a (local.get $node) (global.get $marker))
        (local.set $objects (i32.add (local.get $objects) (i32.const 1)))
        (br $pop))))
    (local.get $objects))

  ;; Cycles
  (func $cycle (result (ref $pair)) (local $a (ref null $pair))
    (local.set $a (struct.new_default $pair))
    (struct.set $pair $a (local.get $a) (struct.new $pair (local.get $a) (ref.null $pair)))
    (ref.as_non_null (local.get $a)))
  (func (export "cycles") (param $count i32)
    (loop $more
      (if (local.get $count) (then
        (global.set $sink (call $cycle))
        (local.set $count (i32.sub (local.get $count) (i32.const 2)))
        (br $more))))
    (global.set $sink (ref.null $pair)))
  (func $ring (export "ring") (param $objects i32) (local $i i32)
    (global.set $list (array.new_default $items (i32.shr_u (local.get $objects) (i32.const 1))))
    (global.set $state (i32.const 67890))
    (loop $more
      (if (i32.lt_u (local.get $i) (call $length)) (then
        (array.set $items (global.get $list) (local.get $i) (call $cycle))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $more)))))
  ;; Held until all are made: the engine's collector would have had some of them already.
  (func (export "garbage") (param $count i32)
    (call $ring (local.get $count))
    (global.set $list (ref.null $items)))
  (func (export "replace") (param $count i32)
    (loop $more
      (if (local.get $count) (then
        (array.set $items (global.get $list) (call $draw (call $length)) (call $cycle))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $more))))))
