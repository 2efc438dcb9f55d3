/**
 * The program of a child process: makes binaries of modules in the text format, by wabt. wabt is itself a Wasm
 * module for the engine's WebAssembly, which the process that runs the tests may have been started without.
 */
import { createRequire } from "node:module";
import type { WabtFeatures } from "./wabt-features.ts";
import type { WabtRequest, WabtResponse, WabtResult } from "./wabt-protocol.ts";

/** The part of wabt's interface that is used here. */
interface Wabt {
  parseWat(filename: string, source: Uint8Array, features: WabtFeatures): WabtModule;
}

interface WabtModule {
  toBinary(options: { write_debug_names: boolean }): { readonly buffer: Uint8Array };
  destroy(): void;
}

/** Stands for the module's text in wabt's messages. */
const FILE = "module";

async function answer({ wabt: path, features, texts }: WabtRequest): Promise<WabtResponse> {
  const start = createRequire(import.meta.url)(path) as () => Promise<Wabt>;
  let wabt = await start();
  const results: WabtResult[] = [];
  for (const text of texts) {
    // A copy of its own: wabt takes the whole buffer behind an array, and Node shares one among small ones.
    const source = new Uint8Array(Buffer.from(text, "base64"));
    try {
      results.push({ binary: convert(wabt, source, features) });
    } catch (error) {
      results.push(refusal(error));
      // wabt tells what it refuses by plain errors. After anything else (it aborted, or ran out of stack or memory)
      // nothing is known of its state.
      if (!(error instanceof Error) || error.constructor !== Error) wabt = await start();
    }
  }
  return { results };
}

/** Does not validate: modules that must be found invalid go through like all others. */
function convert(wabt: Wabt, source: Uint8Array, features: WabtFeatures): string {
  const module = wabt.parseWat(FILE, source, features);
  try {
    return Buffer.from(module.toBinary({ write_debug_names: false }).buffer).toString("base64");
  } finally {
    module.destroy();
  }
}

/** `parseWat failed:\nmodule:3:7: error: unexpected token "x".\n` and the line of the source, underlined. */
function refusal(error: unknown): WabtResult {
  const message = error instanceof Error ? error.message : String(error);
  const found = /^module:(\d+):\d+: error: (.*)$/m.exec(message);
  if (found === null) return { refused: message.trim(), line: undefined };
  return { refused: found[2]!, line: Number(found[1]) };
}

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const request = JSON.parse(Buffer.concat(chunks).toString()) as WabtRequest;
process.stdout.write(JSON.stringify(await answer(request)));
