import type { Command } from "../command.ts";
import { call } from "./call.ts";
import { compile } from "./compile.ts";
import { demo } from "./demo.ts";
import { disasm } from "./disasm.ts";
import { genesis } from "./genesis.ts";
import { inspect } from "./inspect.ts";
import { metadata } from "./metadata.ts";
import { profile } from "./profile.ts";
import { pvf } from "./pvf.ts";
import { run } from "./run.ts";
import { spectest } from "./spectest.ts";
import { trace } from "./trace.ts";
import { validate } from "./validate.ts";
import { verify } from "./verify.ts";
import { version } from "./version.ts";
import { witness } from "./witness.ts";

/** Every command, in the order of the help text. */
export const commands: readonly Command[] = [
  verify,
  witness,
  genesis,
  call,
  version,
  metadata,
  pvf,
  run,
  validate,
  inspect,
  disasm,
  trace,
  profile,
  compile,
  spectest,
  demo,
];
