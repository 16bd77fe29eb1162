// Operations on each element of arrays of float (double_precision 0) or double (1). A result may be written over an
// operand that is read at the same place.
#ifndef GODWIT_ELEMENTWISE_H
#define GODWIT_ELEMENTWISE_H

#include "isa.h"

// In the order of the Swift enumerations.
#define GW_UNARY_OPERATIONS(X)                                                                                    \
  X(absolute) X(sign) X(square) X(square_root) X(reciprocal_square_root) X(reciprocal) X(exp) X(exp_minus_one)    \
  X(log) X(log_one_plus) X(sin) X(cos) X(tanh) X(sigmoid) X(log_sigmoid) X(erf) X(softplus) X(silu) X(gelu)       \
  X(gelu_tanh) X(relu) X(relu_squared) X(elu) X(elu_plus_one) X(floor) X(ceil) X(round)

#define GW_VECTOR_BINARY_OPERATIONS(X)                                                                            \
  X(add) X(subtract) X(multiply) X(divide) X(maximum) X(minimum) X(less) X(less_or_equal) X(greater)              \
  X(greater_or_equal) X(equal) X(not_equal)
#define GW_BINARY_OPERATIONS(X) GW_VECTOR_BINARY_OPERATIONS(X) X(power)

// y = f(x)
typedef void (*gw_unary)(int64_t count, const void *x, void *y);
// dx = dy f'(x)
typedef void (*gw_unary_gradient)(int64_t count, const void *x, const void *dy, void *dx);
// y = f(a, b) over `rows` rows of `n` elements, which are a_row, b_row and y_row elements apart.
typedef void (*gw_binary)(int64_t rows, int64_t n, const void *a, int64_t a_row, const void *b, int64_t b_row, void *y,
                          int64_t y_row);

// How a binary loop reads the elements of a row: one after another, or the same for the whole row.
enum { GW_ROWS_BOTH = 0, GW_ROW_AND_SCALAR = 1, GW_SCALAR_AND_ROW = 2, GW_ROWS_COUNT = 3 };

struct gw_elementwise {
  // y = scale * x + offset
  void (*affine)(int64_t count, double scale, double offset, const void *x, void *y);
  // y += scale * x
  void (*scale_add)(int64_t count, double scale, const void *x, void *y);
  void (*fill)(int64_t count, double value, void *y);
  // x as the other element type
  void (*convert)(int64_t count, const void *x, void *y);
  // y = mask != 0 ? a : b; steps of 0 or 1 elements
  void (*select)(int64_t count, const void *mask, int64_t mask_step, const void *a, int64_t a_step, const void *b,
                 int64_t b_step, void *y);
};

// All null where the compiler's target lacks the set; `operation` counts the lists above.
gw_unary gw_unary_loop(int isa, int double_precision, int operation);
gw_unary_gradient gw_unary_gradient_loop(int isa, int double_precision, int operation);
gw_binary gw_binary_loop(int isa, int double_precision, int operation, int rows);
const struct gw_elementwise *gw_elementwise_table(int isa, int double_precision);

#endif
