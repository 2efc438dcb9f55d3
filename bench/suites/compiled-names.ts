/** Titles by which reports find the tables of the suite `compiled`. */
export const EXECUTORS_TABLE = "Kernels by executor";
export const JITLESS_TABLE = "Without a JIT";
