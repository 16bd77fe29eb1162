#include "walk.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define GW_BODY "walk.inc"
#include "for_each_isa.inc"

const struct gw_walk *gw_walk_table(int isa) {
  static const struct gw_walk *tables[] = GW_TABLES(gw_walk);
  return tables[isa];
}
