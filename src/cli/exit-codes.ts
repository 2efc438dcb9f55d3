/** What the process answers. */
export const EXIT = {
  ok: 0,
  /** The code trapped, or a check did not hold (a root, a test of a suite). */
  mismatch: 1,
  /** The command line was not understood. */
  usage: 2,
  /** A module, block, state or other input is not what it should be, or cannot be read. */
  invalidInput: 3,
  /** The gas was used up, or a limit was reached (call depth, size of a module). */
  limit: 4,
  /** A bug of this program (BSD's EX_SOFTWARE), so that it is never taken for a verdict on the input. */
  internal: 70,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
