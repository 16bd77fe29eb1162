#include "wkv.h"

#include <stdint.h>

#define GW_BODY "wkv.inc"
#include "for_each_isa.inc"

const struct gw_wkv *gw_wkv_table(int isa) {
  static const struct gw_wkv *tables[] = GW_TABLES(gw_wkv);
  return tables[isa];
}
