/**
 * Version of generated code: of what is written, of the helpers that it calls, and of the places in the machine's code
 * that it names. Code that was written by another version is refused. A test holds a fixed module's code against it.
 */
export const CODEGEN_VERSION = 8;
