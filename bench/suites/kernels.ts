import { load } from "../../src/decoder/index.ts";
import { ImportMap, type Instance, instantiate, type Observer, Store } from "../../src/interp/index.ts";
import { type EngineFunction, engineWasm } from "../engine/wasm-api.ts";
import { HELD_OUT, KERNELS, type Kernel, kernelBytes } from "../kernels/table.ts";
import type { Findings, Row } from "../result.ts";
import { ratios } from "../statistics.ts";
import { meanRows, rowName } from "./means.ts";
import { comparison, ENGINE, MACHINE_WARM_UP, OURS, RATIO, type Suite, sideBySide, warmUp } from "./suite.ts";

/** More than any run here uses: the limit is there so that metering is on. */
export const AMPLE_GAS = 1n << 60n;

const SAMPLING = { rounds: 7, seconds: 0.1 };

export const kernels: Suite = {
  name: "kernels",
  summary: "small programs, steady state, beside engine Wasm",
  async run(): Promise<Findings> {
    const subjects = [...KERNELS, ...HELD_OUT].map((kernel) => ({
      kernel,
      lockstep: onLockstep(kernel),
      engine: onEngine(kernel),
    }));
    // All of them before any is measured: the machine's loop is compiled anew when it meets an operator it has not seen.
    for (const { lockstep } of subjects) warmUp(lockstep, MACHINE_WARM_UP);
    const rows: Row[] = [];
    const all = new Map<Kernel, Map<string, readonly number[]>>();
    for (const { kernel, lockstep, engine } of subjects) {
      const times = await sideBySide(kernel.name, { lockstep, engine }, SAMPLING);
      all.set(kernel, new Map([["ratio", ratios(times.lockstep, times.engine)]]));
      rows.push(comparison(rowName(kernel), times));
    }
    rows.push(...meanRows(all));
    const note =
      "One iteration of each kernel on an instance that lives on, gas metered on our side, after warming up: engine " +
      "Wasm is in its optimising tier by then. Results are checked on fresh instances first.";
    return { tables: [{ title: "Kernels", note, columns: [RATIO, OURS, ENGINE], rows }], skipped: [] };
  },
};

/** A fresh instance on our machine. */
export function kernelInstance(kernel: Kernel, gasLimit?: bigint, observer?: Observer): Instance {
  const store = new Store({ ...(gasLimit !== undefined && { gasLimit }), ...(observer && { observer }) });
  return instantiate(store, load(kernelBytes(kernel)), new ImportMap());
}

function onLockstep(kernel: Kernel): () => unknown {
  const instance = kernelInstance(kernel, AMPLE_GAS);
  check(kernel, "Lockstep", instance.call("run", kernel.argument));
  return () => instance.call("run", kernel.argument);
}

function onEngine(kernel: Kernel): () => unknown {
  const wasm = engineWasm();
  const run = new wasm.Instance(new wasm.Module(kernelBytes(kernel))).exports["run"] as EngineFunction;
  check(kernel, "engine Wasm", run(kernel.argument));
  return () => run(kernel.argument);
}

/** @throws Error for a wrong result: speed would mean nothing. */
export function check(kernel: Kernel, side: string, result: unknown): void {
  if (result !== kernel.result) {
    throw new Error(`${kernel.name} on ${side} gave ${String(result)}, not ${kernel.result}`);
  }
}
