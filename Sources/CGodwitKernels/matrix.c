#include "include/matrix.h"

#define GW_BODY "matrix.inc"
#include "for_each_isa.inc"

const struct gw_matrix *gw_matrix_table(int isa, int double_precision) {
  static const struct gw_matrix *singles[] = GW_TABLES(gw_matrix_f32);
  static const struct gw_matrix *doubles[] = GW_TABLES(gw_matrix_f64);
  return double_precision ? doubles[isa] : singles[isa];
}
