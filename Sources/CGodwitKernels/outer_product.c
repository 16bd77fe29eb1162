#include "outer_product.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define GW_BODY "outer_product.inc"
#include "for_each_isa.inc"

const struct gw_recurrence *gw_recurrence_table(int isa) {
  static const struct gw_recurrence *tables[] = GW_TABLES(gw_recurrence);
  return tables[isa];
}
