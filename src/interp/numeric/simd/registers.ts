/** 16 bytes seen as lanes of every shape. Like the frame's own views this takes the engine for little-endian. */
export class Register {
  readonly i8 = new Int8Array(16);
  readonly u8 = new Uint8Array(this.i8.buffer);
  readonly i16 = new Int16Array(this.i8.buffer);
  readonly u16 = new Uint16Array(this.i8.buffer);
  readonly i32 = new Int32Array(this.i8.buffer);
  readonly u32 = new Uint32Array(this.i8.buffer);
  readonly i64 = new BigInt64Array(this.i8.buffer);
  readonly u64 = new BigUint64Array(this.i8.buffer);
  readonly f32 = new Float32Array(this.i8.buffer);
  readonly f64 = new Float64Array(this.i8.buffer);

  /** Takes four lanes of the frame. */
  load(lanes: Int32Array, at: number): void {
    const { i32 } = this;
    i32[0] = lanes[at]!;
    i32[1] = lanes[at + 1]!;
    i32[2] = lanes[at + 2]!;
    i32[3] = lanes[at + 3]!;
  }

  store(lanes: Int32Array, at: number): void {
    const { i32 } = this;
    lanes[at] = i32[0]!;
    lanes[at + 1] = i32[1]!;
    lanes[at + 2] = i32[2]!;
    lanes[at + 3] = i32[3]!;
  }
}

/** The operands of the vector operator that runs, and its result: operators read the first three and write the last. */
export const A = new Register();
export const B = new Register();
export const C = new Register();
export const R = new Register();

/** Computes `R`; `count` is what shifts go by. */
export type VectorOperator = (count: number) => void;
/** Computes a number. */
export type VectorReduction = () => number;
export type Operators = { readonly [mnemonic: string]: VectorOperator };
