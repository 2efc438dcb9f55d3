/*
 * run(iterations) is a performance run of CoreMark (seeds 0, 0 and 0x66, 2K of data) and returns its final CRC, or -1 if
 * CoreMark's own validation found an error: it compares the CRCs of its list, matrix and state parts with known ones.
 * Whoever calls takes the time. That the run is shorter than ten seconds, which CoreMark asks of published scores, is the
 * one complaint that does not count here.
 */
#include "coremark.h"

volatile ee_s32 seed1_volatile = 0x0;
volatile ee_s32 seed2_volatile = 0x0;
volatile ee_s32 seed3_volatile = 0x66;
volatile ee_s32 seed4_volatile = 0;
volatile ee_s32 seed5_volatile = 0;

ee_u32 default_num_contexts = 1;

static ee_s32 final_crc;
static ee_s32 wrong;

void portable_init(core_portable *p, int *argc, char *argv[]) {
  (void)argc, (void)argv;
  p->portable_id = 1;
}

void portable_fini(core_portable *p) { p->portable_id = 0; }

void start_time(void) {}
void stop_time(void) {}
CORE_TICKS get_time(void) { return 0; }
secs_ret time_in_secs(CORE_TICKS ticks) { return ticks; }

/* The compiler turns loops of its own choice into calls of this; there is no C library. */
__attribute__((no_builtin("memset"))) void *memset(void *start, int value, ee_size_t size) {
  for (ee_size_t i = 0; i < size; i++) ((ee_u8 *)start)[i] = (ee_u8)value;
  return start;
}

static int contains(const char *text, const char *part) {
  for (; *text; text++) {
    const char *a = text, *b = part;
    while (*b && *a == *b) a++, b++;
    if (!*b) return 1;
  }
  return 0;
}

/* What CoreMark reports, as far as anyone asks. */
int ee_printf(const char *format, ...) {
  __builtin_va_list values;
  __builtin_va_start(values, format);
  if (contains(format, "crc 0x%04x - should be")) wrong++;
  if (contains(format, "]crcfinal")) {
    (void)__builtin_va_arg(values, int);
    final_crc = __builtin_va_arg(values, int);
  }
  /* Seeds that it does not know it cannot validate. */
  if (contains(format, "Cannot validate")) wrong++;
  __builtin_va_end(values);
  return 0;
}

int coremark_main(int argc, char **argv);

__attribute__((export_name("run"))) ee_s32 run(ee_s32 iterations) {
  char *none = NULL;
  seed4_volatile = iterations;
  final_crc = -1;
  wrong = 0;
  coremark_main(0, &none);
  return wrong ? -1 : final_crc;
}
