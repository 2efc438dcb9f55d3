import type { ConstExpr, Module } from "../module.ts";

/**
 * The functions that `ref.func` in code may name: those that occur outside the bodies, in exports, segments or
 * initialisers (spec, Validation, Modules: the context's references).
 */
export function declaredFunctions(module: Module): ReadonlySet<number> {
  const declared = new Set<number>();
  for (const { kind, index } of module.exports) if (kind === "func") declared.add(index);
  for (const { init } of module.globalDefs) addReferences(init, declared);
  for (const { functions, expressions } of module.elements) {
    for (const index of functions) declared.add(index);
    for (const expression of expressions ?? []) addReferences(expression, declared);
  }
  return declared;
}

function addReferences(expression: ConstExpr, declared: Set<number>): void {
  if (expression.kind === "ref.func") declared.add(expression.index);
  else if (expression.kind === "extended") {
    for (const operator of expression.operators)
      if (operator.kind === "ref.func") declared.add(operator.index);
  }
}
