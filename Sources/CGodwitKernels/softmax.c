#include "softmax.h"

#include <math.h>
#include <stdint.h>

#define GW_BODY "softmax.inc"
#include "for_each_isa.inc"

const struct gw_softmax *gw_softmax_table(int isa) {
  static const struct gw_softmax *tables[] = GW_TABLES(gw_softmax);
  return tables[isa];
}
