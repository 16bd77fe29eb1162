#include "elementwise.h"

#include <math.h>
#include <string.h>

struct gw_elementwise_loops {
  gw_unary unary[32];
  gw_unary_gradient gradient[32];
  gw_binary binary[16][GW_ROWS_COUNT];
  struct gw_elementwise others;
};

#define GW_BODY "elementwise.inc"
#include "for_each_isa.inc"

static const struct gw_elementwise_loops *loops(int isa, int double_precision) {
  static const struct gw_elementwise_loops *singles[] = GW_TABLES(loops_f32);
  static const struct gw_elementwise_loops *doubles[] = GW_TABLES(loops_f64);
  return double_precision ? doubles[isa] : singles[isa];
}

gw_unary gw_unary_loop(int isa, int double_precision, int operation) {
  const struct gw_elementwise_loops *table = loops(isa, double_precision);
  return table ? table->unary[operation] : 0;
}

gw_unary_gradient gw_unary_gradient_loop(int isa, int double_precision, int operation) {
  const struct gw_elementwise_loops *table = loops(isa, double_precision);
  return table ? table->gradient[operation] : 0;
}

gw_binary gw_binary_loop(int isa, int double_precision, int operation, int rows) {
  const struct gw_elementwise_loops *table = loops(isa, double_precision);
  return table ? table->binary[operation][rows] : 0;
}

const struct gw_elementwise *gw_elementwise_table(int isa, int double_precision) {
  const struct gw_elementwise_loops *table = loops(isa, double_precision);
  return table ? &table->others : 0;
}
