/** Titles of the suite's tables, by which others find them in saved results. */
export const C_PROGRAMS_TABLE = "C programs on WASI";
export const C_REACTOR_TABLE = "A C reactor";
export const GO_REACTOR_TABLE = "A Go reactor";
export const RUNTIMES_TABLE = "Small runtimes";
