#include "rotary.h"

#include <stdint.h>

#define GW_BODY "rotary.inc"
#include "for_each_isa.inc"

const struct gw_rotary *gw_rotary_table(int isa) {
  static const struct gw_rotary *tables[] = GW_TABLES(gw_rotary);
  return tables[isa];
}
