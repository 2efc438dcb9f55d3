import { expect } from "chai";
import { EVENT_KINDS, type EventKind, Tracer } from "../../../src/cli/trace/tracer.ts";
import { GasProfile } from "../../../src/interp/index.ts";
import { EXECUTORS, observe } from "../../differential/observe.ts";
import { makeWorkload } from "../../differential/program.ts";

type Event = { readonly event: string; readonly depth?: number; readonly gas: number };

/** All events of a generated program, which calls between modules and back from the host, and traps. */
function eventsOf(
  seed: number,
  executor: keyof typeof EXECUTORS,
  kinds: readonly EventKind[] = EVENT_KINDS,
): Event[] {
  const events: Event[] = [];
  const tracer = new Tracer({ kinds: new Set(kinds), maxDepth: 1000 }, (event) =>
    events.push(event as Event),
  );
  observe(makeWorkload(seed), EXECUTORS[executor], { gasLimit: 3000n, observer: tracer.observer });
  tracer.end();
  return events;
}

describe("cli/trace and profiles on generated programs", () => {
  it("are the same on both executors", () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 60; seed++) {
      const events = eventsOf(seed, "machine");
      expect(eventsOf(seed, "reference"), `trace of seed ${seed}`).to.deep.equal(events);
      for (const { event } of events) seen.set(event, (seen.get(event) ?? 0) + 1);
      const [machine, slow] = (["machine", "reference"] as const).map((executor) => {
        const profile = new GasProfile();
        observe(makeWorkload(seed), EXECUTORS[executor], { gasLimit: 3000n, observer: profile });
        const { total } = profile.root;
        const rows = profile.functions.map(({ name, calls, self, total }) => [name, calls, self, total]);
        return { total, rows };
      });
      expect(machine, `profile of seed ${seed}`).to.deep.equal(slow);
    }
    for (const event of ["call", "return", "host", "host-return", "grow", "trap"]) {
      expect(seen.get(event), event).to.be.above(10);
    }
  });

  it("nest: gas never falls, and a return is as deep as its call", () => {
    for (let seed = 1; seed <= 20; seed++) {
      let gas = 0;
      let depth = 0;
      for (const event of eventsOf(seed, "machine")) {
        expect(event.gas).to.be.at.least(gas);
        gas = event.gas;
        if (event.event === "trap") depth = 0;
        else if (event.event === "call" || event.event === "host") expect(event.depth).to.equal(depth++);
        else if (event.event === "grow") expect(event.depth).to.equal(depth - 1);
        else {
          // The host's "back" catches traps of what it calls: the frames between are gone without a word.
          expect(event.depth).to.be.at.most(--depth);
          depth = event.depth!;
        }
      }
    }
  });

  it("leave out kinds of events, and change nothing about the others", () => {
    const every = eventsOf(3, "machine");
    const hosts = every.filter(({ event }) => event.startsWith("host") || event === "trap");
    expect(hosts.length).to.be.above(0);
    expect(eventsOf(3, "machine", ["host"])).to.deep.equal(hosts);
    expect(eventsOf(3, "machine", ["call"]).map(({ event }) => event)).to.not.include("return");
  });
});
