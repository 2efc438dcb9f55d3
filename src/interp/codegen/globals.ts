import type { ValidModule } from "../../decoder/module.ts";
import { isWide } from "./operand.ts";
import { RESET, type Writer } from "./writer.ts";

// Globals that the module defines lie in one array, `Q`; imported ones are asked for.

/** `global.get`. */
export function getGlobal(w: Writer, module: ValidModule, index: number): void {
  const own = index - module.importedGlobalCount;
  const { type } = module.globals[index]!;
  if (own < 0) {
    w.settleEager();
    const lo = w.temporary();
    const hi = isWide(type) ? w.temporary() : undefined;
    w.emit(
      `${RESET} ${lo} = h.globalLow(s, ${index});${hi === undefined ? "" : ` ${hi} = h.globalHigh(s, ${index});`}`,
    );
    w.pushLanes(type, lo, hi, true);
    return;
  }
  w.usesGlobals = true;
  const hi = isWide(type) ? `Q[${own * 2 + 1}]` : undefined;
  w.push({ type, lo: `Q[${own * 2}]`, hi, number: undefined, locals: [], temporaries: [], isEager: true });
}

/** `global.set`. */
export function setGlobal(w: Writer, module: ValidModule, index: number): void {
  const own = index - module.importedGlobalCount;
  const popped = w.pop();
  w.settleEager();
  const value = w.lanesOf(popped);
  if (own < 0) {
    w.emit(`${RESET} h.setGlobal(s, ${index}, ${value.lo}, ${value.hi ?? "0"});`);
  } else {
    w.usesGlobals = true;
    if (value.hi === undefined) w.emit(`Q[${own * 2}] = ${value.lo};`);
    else w.emit(`z = ${value.lo}; Q[${own * 2 + 1}] = ${value.hi}; Q[${own * 2}] = z;`);
  }
  w.release(value);
}
