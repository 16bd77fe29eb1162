#include "fade.h"

#include <stdint.h>
#include <string.h>

#define GW_BODY "fade.inc"
#include "for_each_isa.inc"

const struct gw_fade *gw_fade_table(int isa) {
  static const struct gw_fade *tables[] = GW_TABLES(gw_fade);
  return tables[isa];
}
