#include "adam.h"

#include <stdint.h>

#define GW_BODY "adam.inc"
#include "for_each_isa.inc"

const struct gw_adam *gw_adam_table(int isa) {
  static const struct gw_adam *tables[] = GW_TABLES(gw_adam);
  return tables[isa];
}
