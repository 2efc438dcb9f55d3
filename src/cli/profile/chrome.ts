import type { GasProfile } from "../../interp/index.ts";
import { frameName, inOrder } from "./layout.ts";

/**
 * A trace for chrome://tracing, Perfetto and DevTools: complete events, a microsecond for each unit of gas.
 * Format: "Trace Event Format", https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function chromeTrace(profile: GasProfile, title: string): string {
  const process = { pid: 1, tid: 1 };
  const traceEvents: object[] = [
    { name: "process_name", ph: "M", ...process, args: { name: `lockstep ${title} (1 µs = 1 gas)` } },
  ];
  for (const { node, start } of inOrder(profile.root)) {
    traceEvents.push({
      name: frameName(node.func),
      cat: node.func?.kind ?? "wasm",
      ph: "X",
      ts: Number(start),
      dur: Number(node.total),
      ...process,
      args: { calls: node.calls, self: Number(node.self) },
    });
  }
  return `${JSON.stringify({ traceEvents })}\n`;
}
