#include "philox.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define GW_BODY "philox.inc"
#include "for_each_isa.inc"

const struct gw_philox *gw_philox_table(int isa) {
  static const struct gw_philox *tables[] = GW_TABLES(gw_philox);
  return tables[isa];
}
