/*
 * Times `run` of a module on wasm3: MODULE ARGUMENT MILLISECONDS prints the first call's result and the milliseconds of
 * a call in the fastest of three samples, each as many calls as fit into a third of the time, and one at least. That is
 * how the suites take time within their own process. Loading and the first call, which compiles, are in none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "wasm3.h"

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static void must(M3Result problem) {
  if (problem == m3Err_none) return;
  fprintf(stderr, "wasm3: %s\n", problem);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  static unsigned char bytes[1 << 20];
  FILE *file = fopen(argv[1], "rb");
  if (file == NULL) return 2;
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  const int argument = atoi(argv[2]);
  const double budget = atof(argv[3]);

  IM3Environment environment = m3_NewEnvironment();
  IM3Runtime runtime = m3_NewRuntime(environment, 1 << 20, NULL);
  IM3Module module;
  IM3Function run;
  must(m3_ParseModule(environment, &module, bytes, size));
  must(m3_LoadModule(runtime, module));
  must(m3_FindFunction(&run, runtime, "run"));

  int first = 0;
  must(m3_CallV(run, argument));
  must(m3_GetResultsV(run, &first));
  double fastest = 1e300;
  for (int sample = 0; sample < 3; sample++) {
    const double start = now();
    double time;
    int calls = 0;
    do {
      must(m3_CallV(run, argument));
      calls++;
      time = now() - start;
    } while (time < budget / 3);
    if (time / calls < fastest) fastest = time / calls;
  }
  printf("%d %.6f\n", first, fastest);
}
