// The instruction table of the register machine: with the chains the single source of the hot loops, `loop*.ts` in
// `src/interp/machine`, and of `instructions.ts` there (numbers and lengths). `npm run generate` writes them.
//
// An instruction is [opcode, operand words…]. In a body, `$name` stands for an operand:
//   d a b c   frame slots: `$d` is the index of its low lane in I (`fp + word`), in brackets: I[$a], I[$a + 1 | 0]
//   n lo hi   immediate words;  off: an unsigned memory offset;  t: a branch target
// Values are read as `I[$a]` (32 bits), as `<a>`, a statement that takes both lanes of `$a` to `xl` and `xh` (of `$b`,
// to `yl` and `yh`), or as `F[$a >> 1]` (a double): chains (see `chains.mjs`) put another member's result there.
// A body ends by falling into the next instruction unless it says
//   `branch`  control goes to a block start at `pc`, whose first word is the block's gas
//   `exit`    it leaves the loop itself
// What a body computes is its `result`, written to `$d` after it: an i32 expression, an i64 in `zl` and `zh`, an f64
// in `v`. Lanes may overlap only slot on slot ($d equal to $a), so a body writes a low lane only after reading every
// low lane it still needs.

/**
 * @typedef {"i64" | "f64" | { i32: string } | { f64: string }} Result where a text is given for an f64, it writes `v`
 * @typedef {{ name: string, operands: string[], body: string, ends?: "branch" | "exit", result?: Result }} Instruction
 */

/** @type {Instruction[]} */
export const INSTRUCTIONS = [];

const put = (name, operands, body, ends, result) =>
  INSTRUCTIONS.push({
    name,
    operands: operands === "" ? [] : operands.split(" "),
    body,
    ...(ends ? { ends } : {}),
    ...(result ? { result } : {}),
  });
/** A condition as 1 or 0, which V8 makes of it without a branch (of `? 1 : 0` not, and carries are hard to predict). */
const truth = (condition) => `(((${condition}) as unknown as number) | 0)`;
/** Instructions with a result: so many statements, then the value. */
const i32 = (name, operands, value, body = "") => put(name, operands, body, undefined, { i32: value });
const i64 = (name, operands, body) => put(name, operands, body, undefined, "i64");
const f64 = (name, operands, body) => put(name, operands, body, undefined, "f64");

// --- control -------------------------------------------------------------------------------------------------
put("halt", "", "status = 0; break loop;", "exit");
put("unreachable", "", "status = 10; break loop;", "exit");
put("gas", "", "pc = pc + 1 | 0;", "branch");
put("jump", "t", "pc = $t;", "branch");
// Where control falls into a loop. If that copies or fills memory, all iterations but the last are run at once, out of
// line, unless `a + k * b + plus`, which is how far it is from its end, is nearer to 0 than `m`: few iterations take less time
// than leaving for them.
const BULK = "n k a b plus m";
const pastBulk = `pc = pc + ${BULK.split(" ").length + 1} | 0;`;
put("loop", BULK, pastBulk, "branch");
put(
  "bulk",
  BULK,
  `y = $m; z = I[$a] + Math.imul($k, I[$b]) + $plus | 0;
      if ((z + y >>> 0) < (y << 1)) ${pastBulk}
      else { status = -3; break loop; }`,
  "branch",
);
put("br_table", "a n", "x = I[$a] >>> 0; y = $n; pc = code[pc + 3 + (x < y ? x : y) | 0];", "branch");
// Function prologue: the stack check after the entry block was charged, then the declared locals are zeroed.
put(
  "enter",
  "frame from to",
  `x = fp + $from | 0; y = fp + $to | 0;
      if (sp > depthLimit || fp + $frame > stackLimit) { status = 3; break loop; }
      while (x < y) { I[x] = 0; x = x + 1 | 0; }`,
);
put("return", "", "sp = sp - 1 | 0; pc = calls[sp]; fp = fp - code[pc - 1 | 0] | 0; continue;", "exit");
put(
  "return_32",
  "a",
  "I[fp] = I[$a]; sp = sp - 1 | 0; pc = calls[sp]; fp = fp - code[pc - 1 | 0] | 0; continue;",
  "exit",
);
put(
  "return_64",
  "a",
  "<a> I[fp] = xl; I[fp + 1 | 0] = xh; sp = sp - 1 | 0; pc = calls[sp]; fp = fp - code[pc - 1 | 0] | 0; continue;",
  "exit",
);
// The frame distance is the last word of every call, where `return` finds it. A call does what the prologue at its
// target says as well, so that `enter` is dispatched only where the driver begins a function (one instruction in
// seven of Polkadot's first block was an `enter`). `x` is the entry: gas word, `enter`, frame, from, to.
const proceed = (next) => `calls[sp] = pc + ${next} | 0; sp = sp + 1 | 0; fp = fp + $delta | 0;
      gas = gas - code[x] | 0;
      if (gas < 0) { gas = gas + code[x] | 0; pc = x; status = 1; break loop; }
      if (sp > depthLimit || fp + code[x + 2 | 0] > stackLimit) { pc = x + 1 | 0; status = 3; break loop; }
      y = fp + code[x + 3 | 0] | 0; z = fp + code[x + 4 | 0] | 0;
      while (y < z) { I[y] = 0; y = y + 1 | 0; }
      pc = x + 5 | 0; continue;`;
put(
  "call",
  "func delta",
  `x = entries[$func];
      if (x <= 0) { s.callee = $func; status = x === 0 ? 2 : 8; break loop; }
      ${proceed(3)}`,
  "exit",
);
put(
  "call_indirect",
  "type a delta",
  `x = I[$a];
      if ((x >>> 0) >= table.length) { status = 17; break loop; }
      x = table[x];
      if (x < 0) { status = 4; break loop; }
      if (typeIds[x] !== $type) { status = 19; break loop; }
      y = entries[x];
      if (y <= 0) { s.callee = x; status = y === 0 ? 2 : 8; break loop; }
      x = y;
      ${proceed(4)}`,
  "exit",
);
put("call_import", "func delta", "status = 5; break loop;", "exit");
put("memory_grow", "d a", "status = 6; break loop;", "exit");
// Tells whoever watches (see lower/probes); only code lowered for an observer or a breakpoint holds it.
put("probe", "n", "status = 7; break loop;", "exit");
// The logical stack height of wasm-instrument's stack limiter; only code lowered with that limit holds these.
put(
  "height_enter",
  "n",
  `z = s.height + $n;
      if (z > s.heightLimit) { status = 20; break loop; }
      s.height = z;`,
);
put("height_leave", "n", "s.height = s.height - $n;");
i32("memory_size", "d", "bytes.length / 65536 | 0");

// --- moves ---------------------------------------------------------------------------------------------------
i32("copy_32", "d a", "I[$a]");
put("copy_64", "d a", "x = $d; y = $a; I[x] = I[y]; I[x + 1 | 0] = I[y + 1 | 0];");
// Two neighbouring slots at once, whatever their width: arguments of calls mostly.
put(
  "copy_pair",
  "d a b",
  "x = $d; y = $a; z = $b; I[x] = I[y]; I[x + 1 | 0] = I[y + 1 | 0]; I[x + 2 | 0] = I[z]; I[x + 3 | 0] = I[z + 1 | 0];",
);
i32("const_32", "d n", "$n");
i64("const_64", "d lo hi", "zl = $lo; zh = $hi;");
i32("select_32", "d a b c", "I[y ^ (x ^ y) & -z]", `z = ${truth("I[$c] !== 0")}; x = $a; y = $b;`);
i64(
  "select_64",
  "d a b c",
  `z = ${truth("I[$c] !== 0")}; x = $a; y = $b; y = y ^ (x ^ y) & -z; zl = I[y]; zh = I[y + 1 | 0];`,
);
i32("global_get_32", "d n", "globals[$n]");
i64("global_get_64", "d n", "y = $n; zl = globals[y]; zh = globals[y + 1 | 0];");
put("global_set_32", "n a", "globals[$n] = I[$a];");
put("global_set_64", "n a", "<a> y = $n; globals[y] = xl; globals[y + 1 | 0] = xh;");

// --- memory --------------------------------------------------------------------------------------------------
// The DataView's own bounds check is the only one: an access outside throws before anything is written (the high
// word goes first where there are two), and the driver turns the exception into the trap.
const ea = "(I[$a] >>> 0) + ($off >>> 0)";
const load32 = (name, read) => i32(name, "d a off", read);
load32("load_32", `view.getInt32(${ea}, true)`);
load32("load_8s", `view.getInt8(${ea})`);
load32("load_8u", `view.getUint8(${ea})`);
load32("load_16s", `view.getInt16(${ea}, true)`);
load32("load_16u", `view.getUint16(${ea}, true)`);
i64("load_64", "d a off", `v = ${ea}; zh = view.getInt32(v + 4, true); zl = view.getInt32(v, true);`);
// A whole double, which is read whole: written in halves, it could not be forwarded to the operator that takes it (nbody
// took a third longer). Engines may change the bits of a NaN on the way, so that goes in halves.
put("load_f64", "d a off", `v = view.getFloat64(${ea}, true);`, undefined, {
  f64: `if (v === v) F[$d >> 1] = v;
      else { v = ${ea}; x = $d; I[x] = view.getInt32(v, true); I[x + 1 | 0] = view.getInt32(v + 4, true); }`,
});
const load64 = (name, read, high) => i64(name, "d a off", `zl = ${read}; zh = ${high};`);
load64("load_64_8s", `view.getInt8(${ea})`, "zl >> 31");
load64("load_64_8u", `view.getUint8(${ea})`, "0");
load64("load_64_16s", `view.getInt16(${ea}, true)`, "zl >> 31");
load64("load_64_16u", `view.getUint16(${ea}, true)`, "0");
load64("load_64_32s", `view.getInt32(${ea}, true)`, "zl >> 31");
load64("load_64_32u", `view.getInt32(${ea}, true)`, "0");
// Stores go through typed arrays, as V8 forgets all it knows of the arrays at a store into a DataView. Those that are
// not aligned (words), out of bounds or above 2 GiB are left to `store`.
const stored = (test, body) => `v = ${ea}; if (${test}) { status = -2; break loop; } ${body}`;
const store8 = (value) => stored("v > last1", `bytes[v] = ${value};`);
const store16 = (value) => stored("v > last2", `y = ${value}; bytes[v] = y; bytes[v + 1 | 0] = y >> 8;`);
const store32 = (value) => stored("(v & 3) !== 0 || v > last4", `words[v >> 2] = ${value};`);
const store64 = (low, high, read = "") =>
  stored("(v & 3) !== 0 || v > last8", `${read}v = v >> 2; words[v] = ${low}; words[v + 1 | 0] = ${high};`);
put("store_8", "a b off", store8("I[$b]"));
put("store_16", "a b off", store16("I[$b]"));
put("store_32", "a b off", store32("I[$b]"));
put("store_64", "a b off", store64("yl", "yh", "<b> "));
put("store_8_i", "a n off", store8("$n"));
put("store_16_i", "a n off", store16("$n"));
put("store_32_i", "a n off", store32("$n"));
put("store_64_i", "a lo off hi", store64("$lo", "$hi"));

// --- i32 -----------------------------------------------------------------------------------------------------
const I32_BINARY = {
  add: (a, b) => `${a} + ${b} | 0`,
  sub: (a, b) => `${a} - ${b} | 0`,
  mul: (a, b) => `Math.imul(${a}, ${b})`,
  and: (a, b) => `${a} & ${b}`,
  or: (a, b) => `${a} | ${b}`,
  xor: (a, b) => `${a} ^ ${b}`,
  shl: (a, b) => `${a} << ${b}`,
  shr_s: (a, b) => `${a} >> ${b}`,
  shr_u: (a, b) => `${a} >>> ${b}`,
};
for (const [name, f] of Object.entries(I32_BINARY)) {
  i32(`i32_${name}`, "d a b", f("I[$a]", "I[$b]"));
  if (name !== "sub") i32(`i32_${name}_i`, "d a n", f("I[$a]", "$n"));
}
i32("i32_sub_from", "d a n", "$n - I[$a] | 0");
i32("i32_rotl", "d a b", "x << y | x >>> (32 - y)", "x = I[$a]; y = I[$b];");
i32("i32_rotl_i", "d a n", "x << y | x >>> (32 - y)", "x = I[$a]; y = $n;");
i32("i32_rotr", "d a b", "x >>> y | x << (32 - y)", "x = I[$a]; y = I[$b];");
i32("i32_clz", "d a", "Math.clz32(I[$a])");
i32("i32_ctz", "d a", "x === 0 ? 32 : 31 - Math.clz32(x & -x)", "x = I[$a];");
i32(
  "i32_div_s",
  "d a b",
  "x / y | 0",
  `x = I[$a]; y = I[$b];
      if (y === 0) { status = 11; break loop; }
      if (y === -1 && x === -2147483648) { status = 12; break loop; }`,
);
i32(
  "i32_div_u",
  "d a b",
  "(I[$a] >>> 0) / (y >>> 0) | 0",
  `y = I[$b];
      if (y === 0) { status = 11; break loop; }`,
);
// x % -1 is 0, but -2147483648 % -1 is -0 in JavaScript, which costs a deoptimisation: hence the test.
i32(
  "i32_rem_s",
  "d a b",
  "y === -1 ? 0 : I[$a] % y | 0",
  `y = I[$b];
      if (y === 0) { status = 11; break loop; }`,
);
i32(
  "i32_rem_u",
  "d a b",
  "(I[$a] >>> 0) % (y >>> 0) | 0",
  `y = I[$b];
      if (y === 0) { status = 11; break loop; }`,
);

// Six comparisons serve all ten: gt and le swap the operands, or move an immediate by one.
const I32_COMPARE = {
  eq: (a, b) => `${a} === ${b}`,
  ne: (a, b) => `${a} !== ${b}`,
  lt_s: (a, b) => `${a} < ${b}`,
  lt_u: (a, b) => `(${a} >>> 0) < (${b} >>> 0)`,
  ge_s: (a, b) => `${a} >= ${b}`,
  ge_u: (a, b) => `(${a} >>> 0) >= (${b} >>> 0)`,
};
// Comparisons and the branches made from them are listed in the same order: lowering goes from one to the other by
// the distance of their numbers.
for (const [name, f] of Object.entries(I32_COMPARE)) {
  i32(`i32_${name}`, "d a b", truth(f("I[$a]", "I[$b]")));
  i32(`i32_${name}_i`, "d a n", truth(f("I[$a]", "$n")));
}
put("br_z", "a t", "pc = I[$a] === 0 ? $t : pc + 3 | 0;", "branch");
put("br_nz", "a t", "pc = I[$a] !== 0 ? $t : pc + 3 | 0;", "branch");
for (const [name, f] of Object.entries(I32_COMPARE)) {
  put(`br_i32_${name}`, "a b t", `pc = ${f("I[$a]", "I[$b]")} ? $t : pc + 4 | 0;`, "branch");
  put(`br_i32_${name}_i`, "a n t", `pc = ${f("I[$a]", "$n")} ? $t : pc + 4 | 0;`, "branch");
}

// --- i64 as two lanes ----------------------------------------------------------------------------------------
const wide = (name, body, more = {}) => {
  i64(`i64_${name}`, "d a b", `<a> <b> ${body}`);
  if (more.immediate !== false) i64(`i64_${name}_i`, "d a lo hi", `<a> yl = $lo; yh = $hi; ${body}`);
};
const lanes = (low, high) => `zl = ${low}; zh = ${high};`;
wide("add", lanes("xl + yl | 0", `xh + yh + ${truth("(zl >>> 0) < (xl >>> 0)")} | 0`));
wide("sub", lanes("xl - yl | 0", `xh - yh - ${truth("(xl >>> 0) < (yl >>> 0)")} | 0`), { immediate: false });
// High word of the 32x32 product by doubles: the product is off by at most 2^10, so after taking the exact low
// word away and scaling by 2^-32, rounding gives the exact high word (12 % faster than 16-bit limbs).
const mulHigh = "((xl >>> 0) * (yl >>> 0) - (zl >>> 0)) * 2.3283064365386963e-10 + 0.5 | 0";
wide("mul", lanes("Math.imul(xl, yl)", `(${mulHigh}) + Math.imul(xl, yh) + Math.imul(xh, yl) | 0`));
wide("and", lanes("xl & yl", "xh & yh"));
wide("or", lanes("xl | yl", "xh | yh"));
wide("xor", lanes("xl ^ yl", "xh ^ yh"));
// Shift counts: JavaScript takes them modulo 32; `>>> 1 >>> (31 - n)` is a shift by 32 - n that is right for 0.
const shift = (name, body) => {
  i64(`i64_${name}`, "d a b", `<a> y = I[$b]; ${body}`);
  i64(`i64_${name}_i`, "d a n", `<a> y = $n; ${body}`);
};
const up = (h, l) => `${h} << y | ${l} >>> 1 >>> (31 - y)`;
shift(
  "shl",
  `if ((y & 32) === 0) { y = y & 31; ${lanes("xl << y", up("xh", "xl"))} } else { ${lanes("0", "xl << y")} }`,
);
shift(
  "shr_s",
  `if ((y & 32) === 0) { y = y & 31; ${lanes("xl >>> y | xh << 1 << (31 - y)", "xh >> y")} } else { ${lanes("xh >> y", "xh >> 31")} }`,
);
shift(
  "shr_u",
  `if ((y & 32) === 0) { y = y & 31; ${lanes("xl >>> y | xh << 1 << (31 - y)", "xh >>> y")} } else { ${lanes("xh >>> y", "0")} }`,
);
shift(
  "rotl",
  `if ((y & 32) !== 0) { z = xl; xl = xh; xh = z; } y = y & 31; ${lanes(up("xl", "xh"), up("xh", "xl"))}`,
);
i64("i64_extend_s", "d a", "zl = I[$a]; zh = zl >> 31;");
i64("i64_extend_u", "d a", "zl = I[$a]; zh = 0;");
// Shift and rotation by 32; those to the right are extensions of the high lane.
i64("i64_swap", "d a", "<a> zl = xh; zh = xl;");
i64("i64_low_to_high", "d a", "zl = 0; zh = I[$a];");
i32("i64_eqz", "d a", truth("(xl | xh) === 0"), "<a>");

const I64_COMPARE = {
  eq: "xl === yl && xh === yh",
  ne: "xl !== yl || xh !== yh",
  lt_s: "xh < yh || xh === yh && (xl >>> 0) < (yl >>> 0)",
  lt_u: "(xh >>> 0) < (yh >>> 0) || xh === yh && (xl >>> 0) < (yl >>> 0)",
  ge_s: "xh > yh || xh === yh && (xl >>> 0) >= (yl >>> 0)",
  ge_u: "(xh >>> 0) > (yh >>> 0) || xh === yh && (xl >>> 0) >= (yl >>> 0)",
};
const pair = "<a> <b>";
const pairImmediate = "<a> yl = $lo; yh = $hi;";
for (const [name, condition] of Object.entries(I64_COMPARE)) {
  i32(`i64_${name}`, "d a b", truth(condition), pair);
  i32(`i64_${name}_i`, "d a lo hi", truth(condition), pairImmediate);
}
for (const [name, condition] of Object.entries(I64_COMPARE)) {
  put(`br_i64_${name}`, "a b t", `${pair} pc = ${condition} ? $t : pc + 4 | 0;`, "branch");
  put(`br_i64_${name}_i`, "a lo hi t", `${pairImmediate} pc = ${condition} ? $t : pc + 5 | 0;`, "branch");
}

// --- floats: raw bits in the frame; a NaN result is written as the canonical NaN -------------------------------
const f64At = (slot) => `F[$${slot} >> 1]`;
const f32At = (slot) => `G[$${slot}]`;
const f32Result = "x = $d; if (v === v) G[x] = v; else I[x] = 2143289344;";
for (const [name, operator] of Object.entries({ add: "+", sub: "-", mul: "*", div: "/" })) {
  f64(`f64_${name}`, "d a b", `v = ${f64At("a")} ${operator} ${f64At("b")};`);
  // Rounding the double result to f32 is exact for these four and sqrt: 53 >= 2 * 24 + 2 bits.
  put(`f32_${name}`, "d a b", `v = ${f32At("a")} ${operator} ${f32At("b")}; ${f32Result}`);
}
f64("f64_sqrt", "d a", `v = Math.sqrt(${f64At("a")});`);
// Of a NaN they change the sign and nothing else.
const f64Sign = (name, value, high) =>
  put(
    name,
    "d a",
    `v = ${f64At("a")}; if (v === v) F[$d >> 1] = ${value}; else { x = $d; y = $a; I[x] = I[y]; I[x + 1 | 0] = I[y + 1 | 0] ${high}; }`,
  );
f64Sign("f64_neg", "-v", "^ -2147483648");
f64Sign("f64_abs", "Math.abs(v)", "& 2147483647");
i32("f32_neg", "d a", "I[$a] ^ -2147483648");
i32("f32_abs", "d a", "I[$a] & 2147483647");
const f64NeverNan = (name, operands, body) =>
  put(name, operands, body, undefined, { f64: "F[$d >> 1] = v;" });
f64NeverNan("f64_convert_i32_s", "d a", "v = I[$a];");
f64NeverNan("f64_convert_i32_u", "d a", "v = I[$a] >>> 0;");
const FLOAT_COMPARE = { eq: "===", ne: "!==", lt: "<", le: "<=" };
for (const [width, at] of [
  ["f64", f64At],
  ["f32", f32At],
]) {
  for (const [name, operator] of Object.entries(FLOAT_COMPARE)) {
    i32(`${width}_${name}`, "d a b", truth(`${at("a")} ${operator} ${at("b")}`));
  }
}

/**
 * Operators that are rare in every workload seen: they run out of line in `machine/cold.ts`, so that the loop
 * stays small (V8 never optimises a function of more than 61,440 bytes of bytecode).
 */
export const COLD = [
  ["i32_popcnt", "d a"],
  ["i32_extend8_s", "d a"],
  ["i32_extend16_s", "d a"],
  ["i64_clz", "d a"],
  ["i64_ctz", "d a"],
  ["i64_popcnt", "d a"],
  ["i64_rotr", "d a b"],
  ["i64_div_s", "d a b"],
  ["i64_div_u", "d a b"],
  ["i64_rem_s", "d a b"],
  ["i64_rem_u", "d a b"],
  ["i64_extend8_s", "d a"],
  ["i64_extend16_s", "d a"],
  ["i64_extend32_s", "d a"],
  ["imported_global_get", "d n"],
  ["imported_global_set", "n a"],
  ["f32_ceil", "d a"],
  ["f32_floor", "d a"],
  ["f32_trunc", "d a"],
  ["f32_nearest", "d a"],
  ["f32_sqrt", "d a"],
  ["f32_min", "d a b"],
  ["f32_max", "d a b"],
  ["f32_copysign", "d a b"],
  ["f64_ceil", "d a"],
  ["f64_floor", "d a"],
  ["f64_trunc", "d a"],
  ["f64_nearest", "d a"],
  ["f64_min", "d a b"],
  ["f64_max", "d a b"],
  ["f64_copysign", "d a b"],
  ["i32_trunc_f32_s", "d a"],
  ["i32_trunc_f32_u", "d a"],
  ["i32_trunc_f64_s", "d a"],
  ["i32_trunc_f64_u", "d a"],
  ["i64_trunc_f32_s", "d a"],
  ["i64_trunc_f32_u", "d a"],
  ["i64_trunc_f64_s", "d a"],
  ["i64_trunc_f64_u", "d a"],
  ["i32_trunc_sat_f32_s", "d a"],
  ["i32_trunc_sat_f32_u", "d a"],
  ["i32_trunc_sat_f64_s", "d a"],
  ["i32_trunc_sat_f64_u", "d a"],
  ["i64_trunc_sat_f32_s", "d a"],
  ["i64_trunc_sat_f32_u", "d a"],
  ["i64_trunc_sat_f64_s", "d a"],
  ["i64_trunc_sat_f64_u", "d a"],
  ["f32_convert_i32_s", "d a"],
  ["f32_convert_i32_u", "d a"],
  ["f32_convert_i64_s", "d a"],
  ["f32_convert_i64_u", "d a"],
  ["f64_convert_i64_s", "d a"],
  ["f64_convert_i64_u", "d a"],
  ["f32_demote_f64", "d a"],
  ["f64_promote_f32", "d a"],
  ["imported_vector_get", "d n"],
  ["imported_vector_set", "n a"],
  ["reference_global_get", "d n"],
  ["reference_global_set", "n a"],
  ["ref_func", "d n"],
  ["table_get", "d a n"],
  ["table_size", "d n"],
  // On vectors: the last word but a lane's number is a sub-opcode, or the bytes of a lane.
  ["vector_unary", "d a n"],
  ["vector_binary", "d a b n"],
  ["vector_shift", "d a b n"],
  ["vector_bitselect", "d a b c"],
  ["vector_reduce", "d a n"],
  ["vector_splat", "d a n"],
  ["vector_extract", "d a n lane"],
  ["vector_replace", "d a b n lane"],
  ["vector_shuffle", "d a b n n n n"],
  ["vector_load", "d a off n"],
  ["vector_store", "a b off"],
  ["vector_load_lane", "d a b off n lane"],
  ["vector_store_lane", "a b off n lane"],
  // From here on the driver runs them: they charge gas of their own, or change what the loop has in its locals.
  ["call_table", "table type a delta"],
  ["memory_copy", "a b c"],
  ["memory_fill", "a b c"],
  ["memory_init", "a b c n"],
  ["data_drop", "n"],
  ["table_set", "a b n"],
  ["table_grow", "d a b n"],
  ["table_fill", "a b c n"],
  ["table_copy", "a b c n n"],
  ["table_init", "a b c n n"],
  ["elem_drop", "n"],
].map(([name, operands]) => ({ name, operands: operands.split(" ") }));
