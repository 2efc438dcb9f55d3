import { type Instance, Trap } from "../../src/interp/index.ts";

/** What calling gives, a result or a trap with its stack, and the gas used after it. */
export function outcome(instance: Instance, name: string, ...args: number[]): unknown {
  let result: unknown;
  try {
    result = instance.call(name, ...args);
  } catch (error) {
    if (!(error instanceof Trap)) throw error;
    result = { code: error.code, stack: error.wasmStack };
  }
  return { result, gas: instance.store.gasUsed };
}

/** Runs `action` with the bodies of the functions that are made of strings meanwhile, in a list that grows. */
export function watchingFunctions(action: (bodies: readonly string[]) => void): void {
  const bodies: string[] = [];
  const { Function: original } = globalThis;
  globalThis.Function = new Proxy(original, {
    construct(target, args: string[]) {
      bodies.push(args.at(-1)!);
      return Reflect.construct(target, args) as object;
    },
  });
  try {
    action(bodies);
  } finally {
    globalThis.Function = original;
  }
}
