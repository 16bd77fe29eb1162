#include "squared_relu.h"

#include <stdint.h>

#define GW_BODY "squared_relu.inc"
#include "for_each_isa.inc"

const struct gw_squared_relu *gw_squared_relu_table(int isa) {
  static const struct gw_squared_relu *tables[] = GW_TABLES(gw_squared_relu);
  return tables[isa];
}
