#include "random_features.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

#define GW_BODY "random_features.inc"
#include "for_each_isa.inc"

const struct gw_random_features *gw_random_features_table(int isa) {
  static const struct gw_random_features *tables[] = GW_TABLES(gw_random_features);
  return tables[isa];
}
