#include "copy.h"

#include <string.h>

#define GW_BODY "copy.inc"
#include "for_each_isa.inc"

const struct gw_copy *gw_copy_table(int isa, int wide) {
  static const struct gw_copy *narrow[] = GW_TABLES(gw_copy_4);
  static const struct gw_copy *wides[] = GW_TABLES(gw_copy_8);
  return wide ? wides[isa] : narrow[isa];
}

#define GW_SCATTER_ADD(scalar)                                               \
  for (int64_t i = 0; i < count; i++) {                                      \
    if (indices[i] < first || indices[i] >= last) continue;                  \
    const scalar *source = (const scalar *)x + i * x_row;                    \
    scalar *target = (scalar *)table + indices[i] * table_row;               \
    for (int64_t c = 0; c < n; c++) target[c] += source[c];                  \
  }

void gw_scatter_add(int64_t count, int64_t n, const void *x, int64_t x_row, const int32_t *indices, int64_t first,
                    int64_t last, void *table, int64_t table_row, int double_precision) {
  if (double_precision) {
    GW_SCATTER_ADD(double)
  } else {
    GW_SCATTER_ADD(float)
  }
}
