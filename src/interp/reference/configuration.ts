import type { FuncType, Module } from "../../decoder/module.ts";
import type { Configuration, FrameState } from "../execution/configuration.ts";
import { ConfigurationError } from "../execution/errors.ts";
import { equalTypes } from "../func.ts";
import { localTypes } from "../local-types.ts";
import { functionOf } from "../observe.ts";
import type { Frame } from "./frame.ts";
import type { Instruction } from "./instruction.ts";
import { labelsAt } from "./structure.ts";
import { slotsOf, typedValue, vector, withoutMark } from "./vector.ts";
import { type Site, walk } from "./walk.ts";

/** Frames as every executor understands them. */
export function captureFrames(frames: readonly Frame[], isCharged: boolean): Configuration {
  const states = frames.map(({ instance, func, offset, locals, operands }) => {
    return { instance, func, offset, locals: locals.map(withoutMark), operands: operands.map(withoutMark) };
  });
  return { frames: states, isCharged };
}

/**
 * The frames that a configuration describes.
 * @param base 8-byte slots in use below them
 * @param heightOf logical stack height of a frame, that of the frames below it (outermost undefined) included
 * @throws ConfigurationError if their code has no such states, or they could not have called each other
 */
export function restoreFrames(
  { frames, isCharged }: Configuration,
  base: number,
  heightOf: (state: FrameState, below: Frame | undefined) => number,
): Frame[] {
  const restored: Frame[] = [];
  frames.forEach((state, i) => {
    const { instance, func, offset, locals, operands } = state;
    const callee = frames[i + 1];
    const below = restored.at(-1);
    const { site, before, vectors } = findSite(state);
    checkValues(state, site, callee);
    const types = localTypes(instance, func);
    if (callee !== undefined) checkCall(instance.module, before, callee, offset);
    else if (!isCharged && !site.startsBlock) {
      throw new ConfigurationError(`no block begins at byte ${offset} of function ${func}`);
    }
    restored.push({
      instance,
      func,
      isEntry: i === 0,
      // A frame begins where its arguments were among the caller's operands.
      base: below === undefined ? base : below.base + slotsOf(below.locals) + slotsOf(below.operands),
      logicalHeight: heightOf(state, below),
      at: callee === undefined ? offset : before!.offset,
      offset,
      locals: locals.map((bits, k) => typedValue(types[k]!, bits)),
      operands: operands.map((bits, k) => (vectors[k] ? vector(bits) : bits)),
      labels: labelsAt(instance.module, func, offset),
    });
  });
  return restored;
}

/** The operator that is next in a frame, and the one before it in the binary. */
function findSite({ instance, func, offset }: FrameState): {
  readonly site: Site;
  readonly before: Instruction | undefined;
  readonly vectors: readonly boolean[];
} {
  let before: Instruction | undefined;
  for (const site of walk(instance.module, func)) {
    if (site.instruction.offset === offset && site.isReachable) {
      return { site, before, vectors: [...site.vectors] };
    }
    before = site.instruction;
  }
  throw new ConfigurationError(`function ${func} has no operator at byte ${offset}`);
}

function checkValues(state: FrameState, site: Site, callee: FrameState | undefined): void {
  const { instance, func, offset, locals, operands } = state;
  const localCount = functionOf(state).type.params.length + instance.module.bodies[func]!.localCount;
  // The results of a call are not there before it returns.
  const height = site.height - (callee === undefined ? 0 : functionOf(callee).type.results.length);
  if (locals.length === localCount && operands.length === height) return;
  throw new ConfigurationError(
    `function ${func} has ${localCount} locals and ${height} operands at byte ${offset}, ` +
      `not ${locals.length} and ${operands.length}`,
  );
}

function checkCall(
  module: Module,
  before: Instruction | undefined,
  callee: FrameState,
  offset: number,
): void {
  const type = before === undefined ? undefined : calledType(module, before);
  if (type === undefined || !equalTypes(type, functionOf(callee).type)) {
    throw new ConfigurationError(`the operator before byte ${offset} does not call function ${callee.func}`);
  }
}

function calledType(module: Module, { operator, index }: Instruction): FuncType | undefined {
  if (operator.name === "call") return module.types[module.functions[index]!];
  return operator.name === "call_indirect" ? module.types[index] : undefined;
}
