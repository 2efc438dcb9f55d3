import type { Command } from "../command.ts";
import { call } from "./call.ts";
import { demo } from "./demo.ts";
import { disasm } from "./disasm.ts";
import { genesis } from "./genesis.ts";
import { inspect } from "./inspect.ts";
import { profile } from "./profile.ts";
import { run } from "./run.ts";
import { spectest } from "./spectest.ts";
import { trace } from "./trace.ts";
import { validate } from "./validate.ts";
import { verify } from "./verify.ts";
import { witness } from "./witness.ts";

/** Every command, in the order of the help text. */
export const commands: readonly Command[] = [
  verify,
  witness,
  genesis,
  call,
  run,
  validate,
  inspect,
  disasm,
  trace,
  profile,
  spectest,
  demo,
];
