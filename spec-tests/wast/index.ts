/** Test scripts in their own language, `.wast`, made the same structures as converted ones. */
export { type LoadedScript, type LoadOptions, loadWastScripts } from "./load.ts";
export { WastSyntaxError } from "./position.ts";
export { readWast, type ScriptModule, type WastScript } from "./reader.ts";
export { WabtError } from "./wabt.ts";
