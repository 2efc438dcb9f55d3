import { GasProfile, ImportMap, type Instance, instantiate, Store } from "../../../src/interp/index.ts";
import { build, type ModuleText } from "../../interp/build.ts";

/** `outer` calls the host, then `inner` twice. */
const SMALL: ModuleText = {
  imports: [["env", "host; call", ">"]],
  functions: [
    { export: "outer", code: "call 0 i32.const 3 call 2 i32.const 1 call 2" },
    {
      export: "in\nner",
      type: "i32 >",
      code: "loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end",
    },
  ],
};

export function smallInstance(profile: GasProfile): Instance {
  const imports = new ImportMap().define("env", "host; call", {
    kind: "func",
    value: { kind: "host", name: "host; call", type: { params: [], results: [] }, invoke: () => undefined },
  });
  return instantiate(new Store({ observer: profile }), build(SMALL), imports);
}

/** A profile of 25 gas: 5 of `outer`, 20 of `inner` in 2 calls, 0 of the host. */
export function smallProfile(): GasProfile {
  const profile = new GasProfile();
  smallInstance(profile).call("outer");
  return profile;
}
