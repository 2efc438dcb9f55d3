import type { ExecutorFactory, Func, Instance, Lanes } from "../../src/interp/index.ts";
import { lower } from "../../src/interp/lower/lower.ts";
import { chainFrom } from "../../src/interp/machine/chains.ts";
import { Machine } from "../../src/interp/machine/machine.ts";

/** The machine with everything chained from the start, which it does otherwise only to what has run for long. */
class ChainedMachine extends Machine {
  override invoke(func: Func, lanes: Lanes): void {
    if (func.kind === "wasm") chainAll(func.instance);
    super.invoke(func, lanes);
  }

  override run(...[configuration, stop]: Parameters<Machine["run"]>): ReturnType<Machine["run"]> {
    for (const { instance } of configuration.frames) chainAll(instance);
    return super.run(configuration, stop);
  }
}

function chainAll({ code }: Instance): void {
  for (let index = 0; index < code.module.bodies.length; index++) lower(code, index);
  chainFrom(code, 0);
}

export const chained: ExecutorFactory = (options) => new ChainedMachine(options);
