#include "peak.h"

#define GW_BODY "peak.inc"
#include "for_each_isa.inc"

const struct gw_peak *gw_peak_table(int isa) {
  static const struct gw_peak *tables[] = GW_TABLES(gw_peak);
  return tables[isa];
}
