#include "diagonal_recurrence.h"

#include <stdint.h>
#include <string.h>

#define GW_BODY "diagonal_recurrence.inc"
#include "for_each_isa.inc"

const struct gw_diagonal_recurrence *gw_diagonal_recurrence_table(int isa) {
  static const struct gw_diagonal_recurrence *tables[] = GW_TABLES(gw_diagonal_recurrence);
  return tables[isa];
}
