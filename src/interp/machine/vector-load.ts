import { R } from "../numeric/simd/index.ts";

// Sub-opcodes of the loads.
const LOAD = 0x00;
const LOAD8X8_S = 0x01;
const LOAD8X8_U = 0x02;
const LOAD16X4_S = 0x03;
const LOAD16X4_U = 0x04;
const LOAD32X2_S = 0x05;
const LOAD32X2_U = 0x06;
const LOAD8_SPLAT = 0x07;
const LOAD16_SPLAT = 0x08;
const LOAD32_SPLAT = 0x09;
const LOAD64_SPLAT = 0x0a;
const LOAD32_ZERO = 0x5c;
const LOAD64_ZERO = 0x5d;

/** Loads into `R`; false, with nothing done, where the bytes are not all inside the memory. */
export function loadVector(view: DataView, at: number, sub: number): boolean {
  if (at + bytesOf(sub) > view.byteLength) return false;
  switch (sub) {
    case LOAD:
      for (let i = 0; i < 4; i++) R.i32[i] = view.getInt32(at + 4 * i, true);
      break;
    case LOAD8X8_S:
      for (let i = 0; i < 8; i++) R.i16[i] = view.getInt8(at + i);
      break;
    case LOAD8X8_U:
      for (let i = 0; i < 8; i++) R.i16[i] = view.getUint8(at + i);
      break;
    case LOAD16X4_S:
      for (let i = 0; i < 4; i++) R.i32[i] = view.getInt16(at + 2 * i, true);
      break;
    case LOAD16X4_U:
      for (let i = 0; i < 4; i++) R.i32[i] = view.getUint16(at + 2 * i, true);
      break;
    case LOAD32X2_S:
    case LOAD32X2_U:
      for (let i = 0; i < 2; i++) {
        const word = view.getInt32(at + 4 * i, true);
        R.i32[2 * i] = word;
        R.i32[2 * i + 1] = sub === LOAD32X2_S ? word >> 31 : 0;
      }
      break;
    case LOAD8_SPLAT:
      R.i8.fill(view.getInt8(at));
      break;
    case LOAD16_SPLAT:
      R.i16.fill(view.getInt16(at, true));
      break;
    case LOAD32_SPLAT:
      R.i32.fill(view.getInt32(at, true));
      break;
    case LOAD64_SPLAT:
      R.i32[0] = R.i32[2] = view.getInt32(at, true);
      R.i32[1] = R.i32[3] = view.getInt32(at + 4, true);
      break;
    default:
      R.i32.fill(0);
      R.i32[0] = view.getInt32(at, true);
      if (sub === LOAD64_ZERO) R.i32[1] = view.getInt32(at + 4, true);
  }
  return true;
}

function bytesOf(sub: number): number {
  switch (sub) {
    case LOAD:
      return 16;
    case LOAD8_SPLAT:
      return 1;
    case LOAD16_SPLAT:
      return 2;
    case LOAD32_SPLAT:
    case LOAD32_ZERO:
      return 4;
    default:
      return 8;
  }
}
