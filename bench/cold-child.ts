/** The process that `coldRun` starts: does one workload once and prints what it took as JSON. */
import { readFileSync } from "node:fs";
import { decode, validate } from "../src/decoder/index.ts";
import { bytesToHex } from "../src/host/index.ts";
import { buildState, Overlay, Runtime, State, unpackCode, verifyBlock } from "../src/host/polkadot/index.ts";
import type { ColdRun, Side, Workload } from "./cold.ts";
import { EngineRuntime } from "./engine/runtime.ts";
import { verifyWithEngine } from "./engine/verify.ts";
import { engineWasm } from "./engine/wasm-api.ts";
import { profiled } from "./profile.ts";
import { polkadotBlock } from "./subjects/polkadot-block.ts";
import { readBytes, sha256 } from "./subjects/runtimes.ts";

/** Steps to be timed, in order; the last returns the result. What they share they keep in the closure. */
type Steps = Readonly<Record<string, () => string | undefined>>;

const NO_INPUT = new Uint8Array(0);

async function blockSteps(side: Side): Promise<Steps> {
  const subject = await polkadotBlock();
  if (subject === undefined) throw new Error("no chain data");
  const { block, storage, code } = subject;
  // Its root is computed here, as that belongs to reading a state, which a chain of blocks does once.
  const state = buildState(storage, 0);
  bytesToHex(state.root);
  if (side === "lockstep") {
    return {
      load: () => void Runtime.fromCode(code),
      verify: () => bytesToHex(verifyBlock({ ...block, state }).stateRoot),
    };
  }
  let runtime: EngineRuntime;
  return {
    load: () => {
      runtime = EngineRuntime.fromCode(code);
      return undefined;
    },
    verify: () => bytesToHex(verifyWithEngine(state, block, runtime).newState.root),
  };
}

function metadataSteps(side: Side, file: string): Steps {
  // Decompressed before: both sides would use the same decompressor.
  const code = unpackCode(readBytes(file));
  let runtime: Runtime | EngineRuntime;
  return {
    load: () => {
      runtime = side === "lockstep" ? Runtime.fromCode(code) : EngineRuntime.fromCode(code);
      return undefined;
    },
    call: () => {
      const overlay = new Overlay(State.fromEntries([]));
      const output =
        runtime instanceof Runtime
          ? runtime.call("Metadata_metadata", NO_INPUT, { overlay }).output
          : runtime.call("Metadata_metadata", NO_INPUT, overlay).output;
      return sha256(output);
    },
  };
}

function loadSteps(side: Side, file: string): Steps {
  const code = unpackCode(readBytes(file));
  return {
    load: () => {
      if (side === "lockstep") validate(decode(code, { features: "polkadot" }));
      else if (!engineWasm().validate(code)) throw new Error("the engine refuses the module");
      return "valid";
    },
  };
}

/** In MB. Not `maxRSS`, which a process inherits from the one that started it. */
function peakMemory(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS / 1000;
  const line = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
  return (Number(line![1]) * 1024) / 1e6;
}

async function main([workload, side, file, profile]: string[]): Promise<ColdRun> {
  const prepare: Record<Workload, () => Steps | Promise<Steps>> = {
    block: () => blockSteps(side as Side),
    metadata: () => metadataSteps(side as Side, file!),
    load: () => loadSteps(side as Side, file!),
  };
  const steps = await prepare[workload as Workload]();
  const before = peakMemory();
  const times: Record<string, number> = {};
  let result: string | undefined;
  const perform = (): void => {
    for (const [name, step] of Object.entries(steps)) {
      const start = performance.now();
      result = step();
      times[name] = performance.now() - start;
    }
  };
  let parts: ColdRun["parts"];
  if (profile === "profile") parts = await profiled(perform);
  else perform();
  const peak = peakMemory();
  return { steps: times, peak, growth: peak - before, result: result!, ...(parts && { parts }) };
}

console.log(JSON.stringify(await main(process.argv.slice(2))));
