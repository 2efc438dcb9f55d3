/** The program of a child process that has the engine's WebAssembly: prints what can be seen of it. */
import { observe } from "./observations.ts";
import type { Namespace } from "./support.ts";

const engine = (globalThis as unknown as { WebAssembly: Namespace }).WebAssembly;
process.stdout.write(JSON.stringify(await observe(engine)));
