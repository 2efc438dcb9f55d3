import { CODE, FRAMES } from "./arena.ts";
import { bulk } from "./bulk.ts";
import { unchain } from "./chains.ts";
import { BULK_LENGTH } from "./code.ts";
import { cold } from "./cold.ts";
import { loop } from "./loop.ts";
import { loop as loopChained } from "./loop-chained.ts";
import { loop as loopElsewhere } from "./loop-elsewhere.ts";
import * as S from "./state.ts";
import { store } from "./store.ts";

/** Runs the loop that fits, and out of line what it leaves to others, until the driver is needed: returns why (see `state.ts`). */
export function run(s: S.MachineState): number {
  for (;;) {
    const isInArena = s.code === CODE && s.i32 === FRAMES.i32 && s.calls === FRAMES.calls;
    const status = !isInArena ? loopElsewhere(s) : s.instance.code.isChained ? loopChained(s) : loop(s);
    // What leaves a chain begins again with its members one by one.
    if ((status === S.LEFT_STORE || status >= S.TRAP_FIRST) && unchain(s.code, s.pc)) continue;
    switch (status) {
      case S.LEFT_COLD:
      case S.LEFT_STORE: {
        let next: number;
        try {
          next = status === S.LEFT_STORE ? store(s) : cold(s, s.code, s.i32, s.f64, s.f32, s.pc, s.fp);
        } catch (error) {
          s.fault = error;
          return S.STATUS_FAULT;
        }
        if (next < 0) return -next;
        s.pc = next;
        break;
      }
      case S.LEFT_BULK: {
        s.gas -= bulk(s, s.instance.code.bulks[s.code[s.pc + 1]!]!, s.fp, s.gas);
        s.pc += BULK_LENGTH;
        const cost = s.code[s.pc]!;
        if (s.gas < cost) return S.STATUS_REFILL;
        s.gas -= cost;
        s.pc++;
        break;
      }
      default:
        return status;
    }
  }
}
