#include "causal_convolution.h"

#include <stdint.h>

#define GW_BODY "causal_convolution.inc"
#include "for_each_isa.inc"

const struct gw_causal_convolution *gw_causal_convolution_table(int isa) {
  static const struct gw_causal_convolution *tables[] = GW_TABLES(gw_causal_convolution);
  return tables[isa];
}
