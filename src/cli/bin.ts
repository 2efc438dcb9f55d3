#!/usr/bin/env node
import { performance } from "node:perf_hooks";
import pc from "picocolors";
import { descriptorInput } from "../node/index.ts";
import { main } from "./main.ts";

// A reader that has seen enough (`lockstep … | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

// The exit code is set, not exited with: what is still in the streams' buffers must get out.
process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: descriptorInput(0),
  interactive: process.stderr.isTTY === true,
  colors: pc.createColors(pc.isColorSupported && process.stdout.isTTY === true),
  env: process.env,
  now: () => performance.now(),
});
