;; Asks the host for a name and says hello. Text goes over as a span: address in the low word of an i64, length in
;; the high one.
(module
  (import "host" "name" (func $name (result i64)))
  (import "host" "say" (func $say (param i32 i64)))
  (memory (export "memory") 1)
  (data (i32.const 8) "Hello,")
  (global $top (mut i32) (i32.const 1024))
  ;; Where the host may put what it returns.
  (func (export "allocate") (param $size i32) (result i32)
    global.get $top
    global.get $top
    local.get $size
    i32.add
    global.set $top)
  (func (export "greet")
    i32.const 0
    i64.const 0x600000008
    call $say
    i32.const 1
    call $name
    call $say))
