/** `import "lockstep/polyfill/auto"` gives the global object a `WebAssembly`, where there is none. */
import { installWebAssembly } from "./install.ts";

installWebAssembly();
