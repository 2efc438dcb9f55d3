import { F64, I64, V128, type ValType } from "../../decoder/module.ts";
import type { Configuration, FrameState } from "../execution/configuration.ts";
import { ConfigurationError } from "../execution/errors.ts";
import type { ValueKind } from "../execution/value-kind.ts";
import type { ExecutorOptions } from "../executor.ts";
import { equalTypes } from "../func.ts";
import { logicalStackCosts } from "../gas/logical-stack.ts";
import type { Instance } from "../instance.ts";
import { localTypes } from "../local-types.ts";
import { lower, type Site } from "../lower/lower.ts";
import type { OperandPlace } from "../lower/operands.ts";
import { siteAtAddress, siteAtOffset, siteOfBlock } from "../lower/sites.ts";
import { REFERENCE, WIDE } from "../lower/slots.ts";
import { allBitsFromLanes, allBitsToLanes, bitsToLanes, type Lanes, laneCount } from "../values.ts";
import { HALT_ADDRESS } from "./arena.ts";
import { functionAt } from "./code.ts";
import type { MachineState } from "./state.ts";
import type { Activation } from "./trace.ts";

// Between the machine's own state and configurations in the spec's terms. The machine pauses where a block starts or
// after an instruction that nothing later can change; what stands where is found by lowering the function again.

/** Where the machine stands: at a block's gas word, or at an instruction of a charged block. */
export type Standing = "block" | "instruction";

/**
 * Reads the frames above `floor` off the machine.
 * @param isPending the innermost frame waits for a host function, whose results are not there yet
 */
export function captureFrames(
  s: MachineState,
  activations: readonly Activation[],
  floor: number,
  standing: Standing,
  isPending: boolean,
): Configuration {
  const frames: FrameState[] = [];
  let { instance, fp, sp } = s;
  let site = standing === "block" ? blockSite(instance, s.pc) : addressSite(instance, s.pc);
  // Until the prologue has run, the declared locals hold whatever the frame held before.
  const isEntry = standing === "block" && instance.code.entries[functionAt(instance.code, s.pc)] === s.pc;
  frames.push(
    captureFrame(
      s,
      instance,
      site.func,
      site.site,
      fp,
      isEntry,
      isPending ? site.site.call!.results.length : 0,
    ),
  );
  for (let i = activations.length - 1; i >= floor; i--) {
    const activation = activations[i]!;
    for (sp--; sp > activation.sp; sp--) {
      const address = s.calls[sp]!;
      fp -= instance.code.words[address - 1]!;
      site = addressSite(instance, address);
      frames.push(captureFrame(s, instance, site.func, site.site, fp, false, site.site.call!.results.length));
    }
    if (i === floor) break;
    fp -= activation.delta;
    instance = activation.caller!;
    site = addressSite(instance, activation.resumePc);
    frames.push(captureFrame(s, instance, site.func, site.site, fp, false, site.site.call!.results.length));
  }
  return { frames: frames.reverse(), isCharged: standing === "instruction" };
}

interface Found {
  readonly func: number;
  readonly site: Site;
}

function blockSite({ code }: Instance, address: number): Found {
  const func = functionAt(code, address);
  return { func, site: siteOfBlock(code, func, address)! };
}

function addressSite({ code }: Instance, address: number): Found {
  // An address after a function's last instruction is still that function's.
  const func = functionAt(code, address - 1);
  return { func, site: siteAtAddress(code, func, address)! };
}

function captureFrame(
  s: MachineState,
  instance: Instance,
  func: number,
  site: Site,
  fp: number,
  isEntry: boolean,
  pendingResults: number,
): FrameState {
  const types = localTypes(instance, func);
  const { params } = typeOf(instance, func);
  const locals = allBitsFromLanes(types, s.i32, fp).map((bits, i) =>
    isEntry && i >= params.length ? 0n : bits,
  );
  const places = site.operands.slice(0, site.operands.length - pendingResults);
  const operands = places.map((place) => readPlace(s.i32, fp, place));
  return { instance, func, offset: site.offset, locals, operands };
}

function readPlace(lanes: Lanes, fp: number, place: OperandPlace): bigint {
  const { slot, low, high, holds, upper } = place;
  const [l, h] = slot < 0 ? [low, high] : [lanes[fp + slot]!, lanes[fp + slot + 1]!];
  const bits = (holds & WIDE) === 0 ? BigInt(l >>> 0) : (BigInt(h >>> 0) << 32n) | BigInt(l >>> 0);
  return upper === undefined ? bits : (readPlace(lanes, fp, upper) << 64n) | bits;
}

/** What the operands of a frame are. @throws ConfigurationError if it stands at no operator */
export function operandKinds({ instance, func, offset }: FramePlace): ValueKind[] {
  const { code } = instance;
  lower(code, func);
  const site = siteAtOffset(code, func, offset);
  if (site === undefined) throw new ConfigurationError(`function ${func} has no operator at byte ${offset}`);
  return site.operands.map(({ holds, upper }) =>
    upper !== undefined ? "vector" : holds === REFERENCE ? "reference" : "number",
  );
}

type FramePlace = Pick<FrameState, "instance" | "func" | "offset">;

function typeOf({ module }: Instance, func: number) {
  return module.types[module.functions[module.importedFunctionCount + func]!]!;
}

/** What installing needs of the machine beside its state. */
export interface Installer {
  readonly state: MachineState;
  readonly activations: Activation[];
  /** Makes room for so many lanes. */
  reserve(lanes: number): void;
  /** @throws Trap if the limits forbid so many lanes, or as many calls as there are */
  checkLimits(lanes: number): void;
}

/**
 * Puts the frames of a configuration on the machine, the outermost at lane `at`, entered by the host.
 * @returns where the machine stands then
 * @throws ConfigurationError if they do not fit the code, or each other
 */
export function installFrames(
  machine: Installer,
  { frames, isCharged }: Configuration,
  at: number,
): Standing {
  const { state: s, activations } = machine;
  let fp = at;
  let caller: Instance | undefined = s.instance;
  let delta = 0;
  let callPc = s.pc;
  let resumePc = 0;
  frames.forEach((frame, i) => {
    const { instance, func, offset } = frame;
    const isLast = i === frames.length - 1;
    if (i === 0 || instance !== caller) {
      activations.push({ caller, callPc, resumePc, delta, sp: s.sp, host: i === 0 });
      s.calls[s.sp++] = HALT_ADDRESS;
    } else {
      s.calls[s.sp++] = resumePc;
    }
    const { code } = instance;
    lower(code, func);
    const site = siteAtOffset(code, func, offset);
    if (site === undefined)
      throw new ConfigurationError(`function ${func} has no operator at byte ${offset}`);
    // A function that has not begun is charged first; then its prologue will check and count it.
    const isEntry = isLast && !isCharged && site.block === code.entries[func];
    const lanes = fp + code.frames[func]!;
    if (!isEntry) machine.checkLimits(lanes);
    machine.reserve(lanes);
    installFrame(s.i32, frame, site, fp, !isLast);
    if (code.probes.logicalStack && !isEntry) s.height += logicalStackCosts(instance.module)[func]!;
    if (isLast) {
      s.pc = isCharged ? site.address : site.block;
      if (isCharged ? !site.isResumable : site.block < 0) {
        throw new ConfigurationError(`execution cannot begin at byte ${offset} of function ${func}`);
      }
      return;
    }
    checkCall(site, frames[i + 1]!, offset);
    caller = instance;
    callPc = site.address - 1;
    resumePc = site.address;
    // The callee's frame begins where the call's arguments were.
    delta =
      laneCount(localTypes(instance, func)) + 2 * slotsOf(site.operands.slice(0, frame.operands.length));
    fp += delta;
  });
  s.fp = fp;
  return isCharged ? "instruction" : "block";
}

function checkCall(site: Site, callee: FrameState, offset: number): void {
  if (site.call === undefined || !equalTypes(site.call, typeOf(callee.instance, callee.func))) {
    throw new ConfigurationError(`the operator before byte ${offset} does not call function ${callee.func}`);
  }
}

/** Numbers of values, and operands that code reads from elsewhere than their own slots. */
function checkFrame(
  { instance, func, offset, locals, operands }: FrameState,
  site: Site,
  isCaller: boolean,
): void {
  const types = localTypes(instance, func);
  const height = site.operands.length - (isCaller ? (site.call?.results.length ?? 0) : 0);
  if (locals.length !== types.length || operands.length !== height) {
    throw new ConfigurationError(
      `function ${func} has ${types.length} locals and ${height} operands at byte ${offset}, ` +
        `not ${locals.length} and ${operands.length}`,
    );
  }
  if (
    !locals.every((bits, i) => fits(bits, widthOf(types[i]!))) ||
    !operands.every((bits, i) => fits(bits, widthAt(site.operands[i]!)))
  ) {
    throw new ConfigurationError(`a value of function ${func} at byte ${offset} is too wide for its type`);
  }
  const slots = types.flatMap((type, i) => (type === V128 ? halves(locals[i]!) : [locals[i]!]));
  operands.forEach((bits, i) => {
    const place = site.operands[i]!;
    if (
      !agrees(place, bits, slots) ||
      (place.upper !== undefined && !agrees(place.upper, bits >> 64n, slots))
    ) {
      throw new ConfigurationError(
        `operand ${i} of function ${func} at byte ${offset} does not agree with its origin`,
      );
    }
  });
}

const fits = (bits: bigint, width: bigint): boolean => bits >= 0n && bits >> width === 0n;
const widthOf = (type: ValType): bigint => (type === V128 ? 128n : type === I64 || type === F64 ? 64n : 32n);
const widthAt = ({ holds, upper }: OperandPlace): bigint =>
  upper !== undefined ? 128n : (holds & WIDE) !== 0 ? 64n : 32n;
const halves = (bits: bigint): bigint[] => [BigInt.asUintN(64, bits), bits >> 64n];

/** Slots that operands take. */
const slotsOf = (places: readonly OperandPlace[]): number =>
  places.reduce((slots, { upper }) => slots + (upper === undefined ? 1 : 2), 0);

/** Whether a constant, or an operand that still is a local's value, is what it must be: so are all others. */
function agrees(place: OperandPlace, bits: bigint, slots: readonly bigint[]): boolean {
  const expected = originOf(place, slots);
  const width = (place.holds & WIDE) !== 0 ? 64 : 32;
  return expected === undefined || BigInt.asUintN(width, expected) === BigInt.asUintN(width, bits);
}

/** What a constant, or an operand that still is a local's value, must be; undefined for all others. */
function originOf({ slot, low, high }: OperandPlace, slots: readonly bigint[]): bigint | undefined {
  if (slot < 0) return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return slots[slot / 2];
}

function installFrame(lanes: Lanes, frame: FrameState, site: Site, fp: number, isCaller: boolean): void {
  checkFrame(frame, site, isCaller);
  const { instance, func, locals, operands } = frame;
  const types = localTypes(instance, func);
  allBitsToLanes(types, locals, lanes, fp);
  let at = fp + laneCount(types);
  operands.forEach((bits, i) => {
    const isVector = site.operands[i]!.upper !== undefined;
    bitsToLanes(isVector ? V128 : I64, bits, lanes, at);
    at += isVector ? 4 : 2;
  });
}

/**
 * Checks that a configuration from outside fits the code: functions, byte offsets, numbers of locals and operands,
 * calls, limits. It may stand at any operator that can be reached. @throws ConfigurationError
 */
export function checkConfiguration({ frames, isCharged }: Configuration, limits: ExecutorOptions): void {
  if (frames.length > limits.maxCallDepth)
    throw new ConfigurationError(`${frames.length} frames exceed the limit`);
  let slots = 0;
  frames.forEach((frame, i) => {
    const { instance, func, offset, operands } = frame;
    const isLast = i === frames.length - 1;
    const { code } = instance;
    lower(code, func);
    const site = siteAtOffset(code, func, offset);
    if (site === undefined)
      throw new ConfigurationError(`function ${func} has no operator at byte ${offset}`);
    if (slots + code.frames[func]! / 2 > limits.maxStackSlots)
      throw new ConfigurationError("the stack exceeds the limit");
    checkFrame(frame, site, !isLast);
    if (!isLast) checkCall(site, frames[i + 1]!, offset);
    else if (!isCharged && site.block < 0) throw new ConfigurationError(`no block begins at byte ${offset}`);
    slots += laneCount(localTypes(instance, func)) / 2 + slotsOf(site.operands.slice(0, operands.length));
  });
}
