import { I64 } from "../../decoder/module.ts";
import { constantOf, type Operand } from "./operand.ts";
import { type Leaving, unsigned } from "./rules.ts";
import { RESET, type Writer } from "./writer.ts";

// Zero and overflow are the machine's to trap on.

/** Divisions; `leaving` knows how to leave for the machine. */
export const DIVISION_RULES: { readonly [name: string]: (w: Writer, leaving: Leaving) => void } = {
  "i32.div_s": division((a, b) => `(${a} / ${b} | 0)`, true),
  "i32.div_u": division((a, b) => `(${unsigned(a)} / ${unsigned(b)} | 0)`, false),
  // x % -1 is 0, but -2147483648 % -1 is -0 in JavaScript, which costs a deoptimisation: hence the test.
  "i32.rem_s": division(
    (a, b) => (constantOf(b) === undefined ? `(${b} === -1 ? 0 : ${a} % ${b} | 0)` : `(${a} % ${b} | 0)`),
    false,
  ),
  "i64.div_s": division64("divideSigned", "/", true),
  "i64.div_u": division64("divideUnsigned", "/", false),
  "i64.rem_s": division64("remainderSigned", "%", false),
  "i64.rem_u": division64("remainderUnsigned", "%", false),
  "i32.rem_u": division((a, b) => `(${unsigned(a)} % ${unsigned(b)} | 0)`, false),
};

/** Of two words below 2^32 at once; else out of line, which is the machine's own division. */
function division64(helper: string, operator: string, mayOverflow: boolean) {
  return (w: Writer, leaving: Leaving): void => {
    const [a, b] = w.atoms(w.popAll(2)) as [Operand, Operand];
    const overflow = mayOverflow
      ? ` || (${b.lo} & ${b.hi}) === -1 && ${a.lo} === 0 && ${a.hi} === -2147483648`
      : "";
    leaving.leaveIf(`(${b.lo} | ${b.hi}) === 0${overflow}`, a, b);
    const [lo, hi] = [w.temporary(), w.temporary()];
    const short = `${unsigned(a.lo!)} ${operator} ${unsigned(b.lo!)} | 0`;
    const long = `h.${helper}(${a.lo}, ${a.hi}, ${b.lo}, ${b.hi}); ${lo} = W[0]; ${hi} = W[1];`;
    w.emit(`if ((${a.hi} | ${b.hi}) === 0) { ${lo} = ${short}; ${hi} = 0; } else { ${RESET} ${long} }`);
    w.release(a, b);
    w.pushLanes(I64, lo, hi, true);
  };
}

function division(make: (a: string, b: string) => string, mayOverflow: boolean) {
  return (w: Writer, leaving: Leaving): void => {
    const [a, b] = w.popAll(2) as [Operand, Operand];
    const divisor = constantOf(b.lo);
    if (divisor !== undefined && divisor !== 0 && divisor !== -1) {
      w.pushI32(make(a.lo!, b.lo!), a, b);
      return;
    }
    const [x, y] = w.atoms([a, b]) as [Operand, Operand];
    const overflow = mayOverflow ? ` || ${y.lo} === -1 && ${x.lo} === -2147483648` : "";
    leaving.leaveIf(`${y.lo} === 0${overflow}`, x, y);
    w.pushI32(make(x.lo!, y.lo!), x, y);
  };
}
