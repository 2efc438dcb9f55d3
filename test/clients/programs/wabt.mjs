// The WebAssembly Binary Toolkit, C++ by Emscripten: text to binary and back, and its validator. Run on Lockstep, one
// maker of modules makes them for the other.
import wabt from "wabt";

const TEXT = `(module
  (import "env" "log" (func $log (param i32)))
  (memory (export "memory") 1)
  (table 2 funcref) (elem (i32.const 0) $fac $log_it)
  (func $fac (param $n i64) (result i64)
    (if (result i64) (i64.eqz (local.get $n)) (then (i64.const 1))
      (else (i64.mul (local.get $n) (call $fac (i64.sub (local.get $n) (i64.const 1)))))))
  (func $log_it (export "log_it") (param i32) (call $log (local.get 0)))
  (data (i32.const 8) "hello\\00")
  (export "fac" (func $fac)))`;

export async function open() {
  const tools = await wabt();
  return () => {
    const module = tools.parseWat("module.wat", TEXT, {});
    module.resolveNames();
    module.validate();
    const { buffer } = module.toBinary({ write_debug_names: true });
    module.destroy();
    const again = tools.readWasm(buffer, { readDebugNames: true });
    again.applyNames();
    const text = again.toText({ foldExprs: true, inlineExport: false });
    again.destroy();
    let refusal;
    try {
      tools.parseWat("bad.wat", "(module (func (result i32)))", {}).validate();
    } catch (error) {
      refusal = String(error.message);
    }
    return { binary: Buffer.from(buffer).toString("hex"), text, refusal };
  };
}
