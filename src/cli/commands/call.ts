import { bytesToHex } from "../../host/hex.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXECUTION_OPTIONS, parseExecution } from "../execution-options.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../format.ts";
import { printJson, printLines } from "../io.ts";
import { CALL_OPTIONS, prepareCall } from "../workload/runtime-call.ts";

export const call = defineCommand({
  name: "call",
  summary: "call an entry point of a Polkadot runtime",
  positionals: [{ name: "CODE" }, { name: "METHOD" }],
  options: { ...CALL_OPTIONS, ...EXECUTION_OPTIONS, json: COMMON_OPTIONS.json },
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
    const result = prepareCall(code!, method!, options, parseExecution(options)).execute();
    if (options.json) {
      printJson(io, { result: bytesToHex(result.output), gasUsed: Number(result.gasUsed) });
    } else {
      const facts = `${count(result.output.length, "byte")}, gas ${count(result.gasUsed)}, ${count(result.hostCalls, "host call")}`;
      printLines(io, bytesToHex(result.output), io.colors.dim(facts));
    }
    return EXIT.ok;
  },
});
