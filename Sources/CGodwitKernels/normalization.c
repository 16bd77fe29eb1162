#include "normalization.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

#define GW_BODY "normalization.inc"
#include "for_each_isa.inc"

const struct gw_normalization *gw_normalization_table(int isa) {
  static const struct gw_normalization *tables[] = GW_TABLES(gw_normalization);
  return tables[isa];
}
