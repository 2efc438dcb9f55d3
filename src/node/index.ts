/** What a machine with Node has to give to WASI programs: plugged in by name, never by default. */
export { SystemClock } from "./clock.ts";
export { systemEntropy } from "./entropy.ts";
export { NodeFolder } from "./folder.ts";
export { descriptorInput } from "./stdio.ts";
