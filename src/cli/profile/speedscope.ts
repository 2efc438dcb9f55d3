import type { GasProfile } from "../../interp/index.ts";
import { FrameTable, frameName, inOrder, type Placed } from "./layout.ts";

/**
 * A file for https://www.speedscope.app: one profile of opening and closing frames, gas in place of time.
 * Format: https://www.speedscope.app/file-format-schema.json
 */
export function speedscope(profile: GasProfile, title: string): string {
  const { root } = profile;
  const table = new FrameTable();
  const events: { type: "O" | "C"; frame: number; at: number }[] = [];
  const close = ({ node, start }: Placed) => {
    events.push({ type: "C", frame: table.indexOf(node.func), at: Number(start + node.total) });
  };
  for (const { node, start } of inOrder(root, close)) {
    events.push({ type: "O", frame: table.indexOf(node.func), at: Number(start) });
  }
  return `${JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "lockstep",
    name: title,
    activeProfileIndex: 0,
    shared: { frames: table.frames.map((func) => ({ name: frameName(func) })) },
    profiles: [
      {
        type: "evented",
        name: `${title} (gas)`,
        unit: "none",
        startValue: 0,
        endValue: Number(root.total),
        events,
      },
    ],
  })}\n`;
}
