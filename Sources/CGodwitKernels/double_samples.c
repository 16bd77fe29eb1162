#include "double_samples.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define GW_BODY "double_samples.inc"
#include "for_each_isa.inc"

const struct gw_double_samples *gw_double_samples_table(int isa) {
  static const struct gw_double_samples *tables[] = GW_TABLES(gw_double_samples);
  return tables[isa];
}
