import { bytesToHex, HexError, hexToBytes } from "../../host/hex.ts";
import { DEFAULT_HEAP_PAGES, Runtime } from "../../host/runtime/index.ts";
import { HEAP_PAGES_KEY, State, WitnessIncomplete } from "../../host/state/index.ts";
import { UsageError } from "../args.ts";
import { readChainInput, readCode, stateOf } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../format.ts";
import { parseGas } from "../input.ts";
import { printJson, printLines } from "../io.ts";
import { readWitness, WITNESS_OPTIONS } from "../witness-input.ts";

export const call = defineCommand({
  name: "call",
  summary: "call an entry point of a Polkadot runtime",
  positionals: [{ name: "CODE" }, { name: "METHOD" }],
  options: {
    input: { value: "HEX", help: "SCALE-encoded arguments, joined (default none)" },
    spec: COMMON_OPTIONS.spec,
    state: COMMON_OPTIONS.state,
    ...WITNESS_OPTIONS,
    gas: COMMON_OPTIONS.gas,
    json: COMMON_OPTIONS.json,
  },
  notes: `
CODE is a runtime module, compressed or not, raw or as 0x hex text; or a chain
specification or state, whose :code is called. The call works on the state of
--spec or --state, else on that of CODE if it has one, else on an empty one.
What it changes is dropped. --witness takes its place by the part of the state
that the call needs, as a storage proof (state_getReadProof) or a witness file.
Where that does not tell the heap's size, :heappages, the default is taken.

--json prints {"result":"0x…","gasUsed":N}; on a trap {"ok":false,"error":
{"kind","message","code","stack","method","gasUsed"}}.
`,
  run({ positionals: [code, method], options }, io) {
    const input = parseInput(options.input);
    const gasLimit = parseGas(options.gas);
    const named = readChainInput(options);
    const { blob, chain } = readCode(code!);
    const runtime = Runtime.fromCode(blob);
    const source = named ?? chain;
    const witness = readWitness(options, source);
    const state = witness?.state ?? (source === undefined ? State.fromEntries([]) : stateOf(source));
    const result = runtime.call(method!, input, {
      state,
      ...(gasLimit !== undefined && { gasLimit }),
      ...(!tellsHeapPages(state) && { heapPages: DEFAULT_HEAP_PAGES }),
    });
    if (options.json) {
      printJson(io, { result: bytesToHex(result.output), gasUsed: Number(result.gasUsed) });
    } else {
      const facts = `${count(result.output.length, "byte")}, gas ${count(result.gasUsed)}, ${count(result.hostCalls, "host call")}`;
      printLines(io, bytesToHex(result.output), io.colors.dim(facts));
    }
    return EXIT.ok;
  },
});

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
