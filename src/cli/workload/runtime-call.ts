import { bytesToHex, HexError, hexToBytes } from "../../host/hex.ts";
import { type CallResult, DEFAULT_HEAP_PAGES, Runtime } from "../../host/runtime/index.ts";
import { HEAP_PAGES_KEY, State, WitnessIncomplete } from "../../host/state/index.ts";
import { type OptionValues, UsageError } from "../args.ts";
import { readChainInput, readCode, stateOf } from "../chain-input.ts";
import { COMMON_OPTIONS } from "../command.ts";
import type { ExecutionSettings } from "../execution-options.ts";
import { readWitness, WITNESS_OPTIONS } from "../witness-input.ts";
import type { Watch, Workload } from "./workload.ts";

/** Options that say what a runtime is called with. */
export const CALL_OPTIONS = {
  input: { value: "HEX", help: "SCALE-encoded arguments, joined (default none)" },
  spec: COMMON_OPTIONS.spec,
  state: COMMON_OPTIONS.state,
  ...WITNESS_OPTIONS,
} as const;

/** A call of an entry point of a runtime, on a state. */
export interface RuntimeCall {
  /** @throws RuntimeError, WitnessIncomplete */
  execute(watch?: Watch): CallResult;
}

/** @throws UsageError, InputError, FormatError, StateError, RuntimeError */
export function prepareCall(
  code: string,
  method: string,
  options: OptionValues<typeof CALL_OPTIONS>,
  { features, ...settings }: ExecutionSettings,
): RuntimeCall {
  const input = parseInput(options.input);
  const named = readChainInput(options);
  const { blob, chain } = readCode(code);
  const runtime = Runtime.fromCode(blob, features && { features });
  const source = named ?? chain;
  const witness = readWitness(options, source);
  const state = witness?.state ?? (source === undefined ? State.fromEntries([]) : stateOf(source));
  return {
    execute: (watch = {}) =>
      runtime.call(method, input, {
        ...settings,
        ...watch,
        state,
        ...(!tellsHeapPages(state) && { heapPages: DEFAULT_HEAP_PAGES }),
      }),
  };
}

/** Whoever makes a call proof looks up the code and the heap's size apart from it. */
function tellsHeapPages(state: State): boolean {
  try {
    state.has(HEAP_PAGES_KEY);
    return true;
  } catch (error) {
    if (error instanceof WitnessIncomplete) return false;
    throw error;
  }
}

function parseInput(text = "0x"): Uint8Array {
  try {
    return hexToBytes(text, "optional");
  } catch (error) {
    if (error instanceof HexError) throw new UsageError(`--input: ${error.message}`);
    throw error;
  }
}

/** @throws as `prepareCall` */
export function callWorkload(
  code: string,
  method: string,
  options: OptionValues<typeof CALL_OPTIONS>,
  settings: ExecutionSettings,
): Workload {
  const call = prepareCall(code, method, options, settings);
  return {
    title: `call ${method}`,
    execute(watch, tell) {
      const { output, gasUsed } = call.execute(watch);
      tell({ event: "result", output: bytesToHex(output), gas: Number(gasUsed) });
    },
  };
}
