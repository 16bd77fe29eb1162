// Moves elements of 4 (wide 0) or 8 (wide 1) bytes between places that lie regularly.
#ifndef GODWIT_COPY_H
#define GODWIT_COPY_H

#include "isa.h"

struct gw_copy {
  // y[r * y_row + i] = x[r * x_row + i], i < n
  void (*runs)(int64_t rows, int64_t n, const void *x, int64_t x_row, void *y, int64_t y_row);
  // y[i * y_step] = x[i * x_step]
  void (*stepped)(int64_t count, const void *x, int64_t x_step, void *y, int64_t y_step);
  // y[c * y_row + r] = x[r * x_row + c]
  void (*transpose)(int64_t rows, int64_t columns, const void *x, int64_t x_row, void *y, int64_t y_row);
};

// Null where the compiler's target lacks the set.
const struct gw_copy *gw_copy_table(int isa, int wide);

// table[indices[i] * table_row, ..+ n] += x[i * x_row, ..+ n] for each index in first ..< last, in order.
void gw_scatter_add(int64_t count, int64_t n, const void *x, int64_t x_row, const int32_t *indices, int64_t first,
                    int64_t last, void *table, int64_t table_row, int double_precision);

#endif
