#include "reduction.h"

#include <string.h>

#define GW_BODY "reduction.inc"
#include "for_each_isa.inc"

const struct gw_reduction *gw_reduction_table(int isa, int double_precision) {
  static const struct gw_reduction *singles[] = GW_TABLES(gw_reduction_f32);
  static const struct gw_reduction *doubles[] = GW_TABLES(gw_reduction_f64);
  return double_precision ? doubles[isa] : singles[isa];
}
