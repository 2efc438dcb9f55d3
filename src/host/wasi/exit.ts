import { Trap } from "../../interp/trap.ts";

/** The program ended itself with `proc_exit`. It unwinds as a trap, so that nothing of the guest goes on. */
export class ProcExit extends Trap {
  override readonly name: string = "ProcExit";
  readonly exitCode: number;

  constructor(exitCode: number, said = "") {
    super("proc-exit", `the program exited with code ${exitCode}${said === "" ? "" : `: ${said}`}`);
    this.exitCode = exitCode;
  }
}
