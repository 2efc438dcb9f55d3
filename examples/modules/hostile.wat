;; Code that would take all it is given.
(module
  (memory (export "memory") 1)
  (func $spin (export "spin")
    loop $forever
      br $forever
    end)
  (func $recurse (export "recurse")
    call $recurse)
  ;; Asks for a page until it is refused; the number of pages it has then.
  (func $hoard (export "hoard") (result i32)
    loop $more
      i32.const 1
      memory.grow
      i32.const -1
      i32.ne
      br_if $more
    end
    memory.size)
  (func $reach (export "reach") (result i32)
    i32.const -1
    i32.load))
