/** One import that cannot be satisfied, or one segment that does not fit. */
export interface LinkProblem {
  /** The import's module and name; empty for a segment. */
  readonly module: string;
  readonly name: string;
  readonly reason: string;
}

/** A module could not be linked; nothing was changed or run. Lists every problem at once. */
export class LinkError extends Error {
  override readonly name = "LinkError";
  readonly problems: readonly LinkProblem[];

  constructor(problems: readonly LinkProblem[]) {
    super(problems.map(describe).join("; "));
    this.problems = problems;
  }
}

function describe({ module, name, reason }: LinkProblem): string {
  return module === "" && name === "" ? reason : `${reason} "${module}" "${name}"`;
}
