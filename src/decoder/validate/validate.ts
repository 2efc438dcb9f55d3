import type { Module, ValidModule } from "../module.ts";
import { BodyValidator } from "./body.ts";
import { validateModuleRules } from "./module-rules.ts";

/** The modules that were accepted, with the greatest operand stack height of each of their functions. */
const STACK_HEIGHTS = new WeakMap<Module, Int32Array>();

/**
 * Checks a module against the spec's Validation chapter, function bodies included, in time linear in its size.
 * A module that was accepted before is accepted at once.
 *
 * @returns the same object
 * @throws ModuleError of any kind; `malformed` where the bytes of a function body are no code
 */
export function validate(module: Module): ValidModule {
  if (!STACK_HEIGHTS.has(module)) {
    validateModuleRules(module);
    const heights = new Int32Array(module.bodies.length);
    const bodies = new BodyValidator(module);
    for (let i = 0; i < heights.length; i++) heights[i] = bodies.validate(i);
    STACK_HEIGHTS.set(module, heights);
  }
  return module as ValidModule;
}

/**
 * Of the rules of validation and the limits it is held to: raise it whenever other modules are accepted than before, or
 * stack heights are counted otherwise. What was stored by another version counts for nothing.
 */
export const VALIDATION_VERSION = 1;

/** What `accept` takes: for each body what `maxStackHeight` gives. */
export function stackHeights(module: ValidModule): Int32Array {
  return STACK_HEIGHTS.get(module)!.slice();
}

/**
 * Accepts a module without looking at it, as one whose bytes were validated before, with the same features and the same
 * `VALIDATION_VERSION`. Not for users of the library: executing a module that is not valid may do anything.
 */
export function accept(module: Module, heights: Int32Array): ValidModule {
  STACK_HEIGHTS.set(module, heights);
  return module as ValidModule;
}

/** Whether `validate` accepted this very object. */
export function isValidated(module: Module): module is ValidModule {
  return STACK_HEIGHTS.has(module);
}

/**
 * The greatest number of 8-byte slots that function `bodies[bodyIndex]` has on the operand stack at once, its locals not
 * included: one for each value, two for each in a function that has vectors; values pushed by code that cannot be reached count too. @throws RangeError for a module that was not
 * validated, or an index beyond its bodies
 */
export function maxStackHeight(module: ValidModule, bodyIndex: number): number {
  const height = STACK_HEIGHTS.get(module)?.[bodyIndex];
  if (height === undefined) throw new RangeError(`no validated function body ${bodyIndex}`);
  return height;
}
