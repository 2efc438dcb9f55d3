import type { Module, ValidModule } from "../../decoder/module.ts";
import { denseCode } from "../../decoder/opcodes.ts";
import { costTable, type GasSchedule } from "../gas/schedule.ts";
import { walk } from "./walk.ts";

/** Gas of every basic block of one function, by the byte offset of its first operator. */
export type BlockCosts = ReadonlyMap<number, number>;

const cache = new WeakMap<Module, Map<GasSchedule, Map<number, BlockCosts>>>();

/** The blocks of defined function `func`, as `GasSchedule` defines them, and what they cost. */
export function blockCostsOf(module: ValidModule, func: number, schedule: GasSchedule): BlockCosts {
  let schedules = cache.get(module);
  if (schedules === undefined) {
    schedules = new Map();
    cache.set(module, schedules);
  }
  let functions = schedules.get(schedule);
  if (functions === undefined) {
    functions = new Map();
    schedules.set(schedule, functions);
  }
  let blocks = functions.get(func);
  if (blocks === undefined) {
    blocks = findBlocks(module, func, costTable(schedule));
    functions.set(func, blocks);
  }
  return blocks;
}

function findBlocks(module: ValidModule, func: number, costs: Int32Array): BlockCosts {
  const blocks = new Map<number, number>();
  let block = -1;
  for (const { instruction, isReachable, startsBlock } of walk(module, func)) {
    // What is never reached is never charged.
    if (!isReachable) continue;
    if (startsBlock) block = instruction.offset;
    blocks.set(block, (blocks.get(block) ?? 0) + costs[denseCode(instruction.operator.code)]!);
  }
  return blocks;
}
