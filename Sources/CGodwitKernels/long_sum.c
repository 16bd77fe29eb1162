#include "long_sum.h"

#include <stdint.h>

#define GW_BODY "long_sum.inc"
#include "for_each_isa.inc"

const struct gw_long_sum *gw_long_sum_table(int isa) {
  static const struct gw_long_sum *tables[] = GW_TABLES(gw_long_sum);
  return tables[isa];
}
