#include "selective_scan.h"

#include <stdint.h>

#define GW_BODY "selective_scan.inc"
#include "for_each_isa.inc"

const struct gw_selective_scan *gw_selective_scan_table(int isa) {
  static const struct gw_selective_scan *tables[] = GW_TABLES(gw_selective_scan);
  return tables[isa];
}
