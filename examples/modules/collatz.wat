;; How many steps n takes to reach 1; every number on the way is shown to the host.
(module
  (import "host" "visit" (func $visit (param i32)))
  (func (export "steps") (param $n i32) (result i32)
    (local $steps i32)
    block $done
      loop $next
        local.get $n
        call $visit
        local.get $n
        i32.const 1
        i32.eq
        br_if $done
        local.get $n
        i32.const 1
        i32.and
        if (result i32)
          local.get $n
          i32.const 3
          i32.mul
          i32.const 1
          i32.add
        else
          local.get $n
          i32.const 1
          i32.shr_u
        end
        local.set $n
        local.get $steps
        i32.const 1
        i32.add
        local.set $steps
        br $next
      end
    end
    local.get $steps))
