// Reductions of arrays of float (double_precision 0) or double (1).
#ifndef GODWIT_REDUCTION_H
#define GODWIT_REDUCTION_H

#include "isa.h"

struct gw_reduction {
  // sums[r] = sum of x[r * row, ..+ n]; blocks are summed in the element type, the blocks in double.
  void (*sum_along_rows)(int64_t rows, int64_t n, const void *x, int64_t row, double *sums);
  // sums[c] += x[r * row + c] over all r < rows, eight rows at a time; c < columns.
  void (*sum_across_rows)(int64_t rows, int64_t columns, const void *x, int64_t row, double *sums);
  // y[r] = greatest (or least) of x[r * row, ..+ n], NaN if one of them is; n > 0.
  void (*extremum_along_rows)(int64_t rows, int64_t n, const void *x, int64_t row, int32_t least, void *y);
  // y[c] = greatest (or least) of x[r * row + c] over r < rows, NaN if one of them is; rows > 0.
  void (*extremum_across_rows)(int64_t rows, int64_t columns, const void *x, int64_t row, int32_t least, void *y);
  // Whether some x, or its magnitude, is not within least ... most; a NaN never is.
  int (*outside)(int64_t n, const void *x, int magnitudes, double least, double most);
  // The first place of the greatest element, or of the first NaN; n > 0, elements `step` apart.
  int64_t (*argmax)(int64_t n, const void *x, int64_t step);
  // Row after row, `row` elements apart (negative: backward): sums[c] += x[c]; y[c] = sums[c], `exclusive` before it.
  void (*running_sum)(int64_t rows, int64_t columns, const void *x, void *y, int64_t row, int32_t exclusive,
                      double *sums);
};

// Null where the compiler's target lacks the set.
const struct gw_reduction *gw_reduction_table(int isa, int double_precision);

#endif
