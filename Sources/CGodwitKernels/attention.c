#include "attention.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define GW_BODY "attention.inc"
#include "for_each_isa.inc"

const struct gw_attention *gw_attention_table(int isa) {
  static const struct gw_attention *tables[] = GW_TABLES(gw_attention);
  return tables[isa];
}
