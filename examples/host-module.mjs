// Declares a host module by value types: addresses are checked, arguments decoded, results put into the guest's memory,
// and every call can be logged in words.
import { readFileSync } from "node:fs";
import { instantiate, load, Store } from "lockstep";
import { enumOf, functionsOf, hostModule, none, raw, recording, returnedSpan, text } from "lockstep/host";

const fn = functionsOf();
const tone = enumOf("tone", ["plainly", "loudly"]);
const greetings = hostModule("host", {
  name: fn([], returnedSpan(raw), (state) => state.name),
  say: fn([tone, text], none, (state, how, words) => {
    state.said.push(how === "loudly" ? `${words.toUpperCase()}!` : words);
  }),
});

const calls = [];
const state = {
  hostCalls: 0,
  name: new TextEncoder().encode("world"),
  said: [],
  memory: undefined,
  allocate: undefined,
};
const imports = greetings.with(recording((call) => calls.push(call))).bind(state);

const module = load(readFileSync(new URL("modules/greeter.wasm", import.meta.url)));
const instance = instantiate(new Store({ gasLimit: 10_000n }), module, imports);
// From here on there is a memory to point into, and the guest says where there is room in it.
state.memory = instance.memory;
state.allocate = (size) => instance.call("allocate", size);

instance.call("greet");
console.log(state.said.join(" "));
for (const { name, args, result } of calls) console.log(`${name}(${args.join(", ")}) = ${result}`);
