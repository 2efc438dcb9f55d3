import type { Module, ValidModule } from "../../decoder/module.ts";
import { denseCode } from "../../decoder/opcodes.ts";
import { costTable, type GasSchedule } from "../gas/schedule.ts";
import { readInstruction } from "./instruction.ts";

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
  let costs = functions.get(func);
  if (costs === undefined) {
    costs = findBlocks(module, func, costTable(schedule));
    functions.set(func, costs);
  }
  return costs;
}

/** A control frame of the spec's validation algorithm (Appendix), as far as reachability needs it. */
interface Open {
  readonly kind: "body" | "block" | "loop" | "if" | "else";
  /** Whether the operator that opened it can be reached. */
  readonly reachable: boolean;
  /** Whether its end is reached from elsewhere than the operator before: by a branch, or past an arm of an `if`. */
  joined: boolean;
}

function findBlocks(module: ValidModule, func: number, costs: Int32Array): BlockCosts {
  const { start, end } = module.bodies[func]!;
  const blocks = new Map<number, number>([[start, 0]]);
  const open: Open[] = [{ kind: "body", reachable: true, joined: false }];
  let reachable = true;
  let block = start;

  const startBlock = (offset: number): void => {
    block = offset;
    blocks.set(offset, 0);
  };
  const branchTo = (label: number): void => {
    const target = open[open.length - 1 - label]!;
    if (reachable && target.kind !== "loop") target.joined = true;
  };

  for (let offset = start; offset < end; ) {
    const { operator, index, labels, next } = readInstruction(module.bytes, offset);
    if (reachable) blocks.set(block, blocks.get(block)! + costs[denseCode(operator.code)]!);
    switch (operator.name) {
      case "block":
        open.push({ kind: "block", reachable, joined: false });
        break;
      case "loop":
        open.push({ kind: "loop", reachable, joined: false });
        if (reachable) startBlock(next);
        break;
      case "if":
        open.push({ kind: "if", reachable, joined: false });
        if (reachable) startBlock(next);
        break;
      case "else": {
        const then = open.pop()!;
        open.push({ kind: "else", reachable: then.reachable, joined: then.joined || reachable });
        reachable = then.reachable;
        if (reachable) startBlock(next);
        break;
      }
      case "end": {
        const { kind, reachable: opened, joined } = open.pop()!;
        // An `if` without `else` is passed by when its condition does not hold.
        const reachedElsewhere = joined || (kind === "if" && opened);
        reachable = reachable || reachedElsewhere;
        if (reachable && open.length > 0 && (reachedElsewhere || kind === "else")) startBlock(next);
        break;
      }
      case "br_if":
        branchTo(index);
        if (reachable) startBlock(next);
        break;
      case "br":
        branchTo(index);
        reachable = false;
        break;
      case "br_table":
        labels.forEach(branchTo);
        reachable = false;
        break;
      case "return":
      case "unreachable":
        reachable = false;
    }
    offset = next;
  }
  return blocks;
}
