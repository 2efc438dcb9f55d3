import { ModuleError } from "../../decoder/errors.ts";
import { LinkError } from "../../interp/link-error.ts";
import { HostResourceError } from "../../interp/memory.ts";
import { type StackFrame, Trap } from "../../interp/trap.ts";

export interface ErrorConstructor {
  new (message?: string, options?: { readonly cause?: unknown }): Error;
  (message?: string, options?: { readonly cause?: unknown }): Error;
  readonly prototype: Error;
}

/** The error classes of one namespace. */
export interface ErrorClasses {
  readonly CompileError: ErrorConstructor;
  readonly LinkError: ErrorConstructor;
  readonly RuntimeError: ErrorConstructor;
}

export function errorClasses(): ErrorClasses {
  return {
    CompileError: nativeError("CompileError"),
    LinkError: nativeError("LinkError"),
    RuntimeError: nativeError("RuntimeError"),
  };
}

/** V8's, where it is: leaves a constructor's own frame out of its error's stack. */
const captureStackTrace = (Error as { captureStackTrace?: (error: Error, above: unknown) => void })
  .captureStackTrace;

/** A class as ECMAScript's NativeErrors are: callable without `new`, a name and an empty message on its prototype. */
function nativeError(name: string): ErrorConstructor {
  // A function and not a class, which could not be called; its one declared parameter is its `length`.
  const self = function (this: unknown, message: unknown, ...options: unknown[]): Error {
    const error = Reflect.construct(Error, [message, ...options], new.target ?? self) as Error;
    captureStackTrace?.(error, new.target ?? self);
    return error;
  } as unknown as ErrorConstructor;
  const hidden = (value: unknown) => ({ value, writable: true, enumerable: false, configurable: true });
  const prototype = Object.create(Error.prototype, {
    constructor: hidden(self),
    name: hidden(name),
    message: hidden(""),
  }) as Error;
  Object.defineProperties(self, {
    name: { value: name, configurable: true },
    prototype: { value: prototype, writable: false, enumerable: false, configurable: false },
  });
  Object.setPrototypeOf(self, Error);
  return self;
}

/**
 * What scripts see of an error of Lockstep's, which becomes the `cause`. Anything else is what a script threw, and goes
 * through Wasm unchanged.
 */
export function scriptError(error: unknown, classes: ErrorClasses, prefix = ""): unknown {
  if (error instanceof Trap) return trapError(error, classes);
  if (error instanceof ModuleError) return new classes.CompileError(prefix + error.message, { cause: error });
  if (error instanceof LinkError) return new classes.LinkError(prefix + error.message, { cause: error });
  if (error instanceof HostResourceError) return new RangeError(error.message, { cause: error });
  return error;
}

/** Running out of stack is a RangeError, as it is for JavaScript's own. */
function trapError(trap: Trap, { RuntimeError }: ErrorClasses): Error {
  const options = { cause: trap };
  const error: Error =
    trap.code === "call-stack-exhausted"
      ? new RangeError(trap.message, options)
      : new RuntimeError(trap.message, options);
  withFrames(error, trap.wasmStack);
  return error;
}

/** Puts the frames of the module above those of the script in a stack of V8's form; others are left as they are. */
function withFrames(error: Error, frames: readonly StackFrame[]): void {
  const header = `${error.name}: ${error.message}`;
  if (frames.length === 0 || !error.stack?.startsWith(`${header}\n    at `)) return;
  const lines = frames.map(({ func, name, offset }) => {
    const place = offset === undefined ? "host function" : `wasm-function[${func}]:0x${offset.toString(16)}`;
    return `\n    at ${name ?? "<anonymous>"} (${place})`;
  });
  error.stack = header + lines.join("") + error.stack.slice(header.length);
}
