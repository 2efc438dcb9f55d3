import { randomFillSync } from "node:crypto";
import type { Entropy } from "../host/wasi/entropy.ts";

/** The machine's random numbers, fit for secrets. */
export const systemEntropy: Entropy = {
  fill(into) {
    randomFillSync(into);
  },
};
