// Tiles of the matrix product. A tile has up to `rows` x `columns` elements; operands are packed into strips.
#ifndef GODWIT_MATRIX_H
#define GODWIT_MATRIX_H

#include "isa.h"

// Up to so many rows are few.
#define GW_FEW_ROWS 16

struct gw_matrix {
  // The shape of a full tile.
  int32_t rows, columns;
  // c[m][n] = (accumulate ? c : 0) + a b + (bias ? bias[n] : 0), where step p of k multiplies the m elements at
  // a + p * step_stride + r * row_stride, one of the strides being 1, by the n elements at b + p * ldb. 1 <= m <= rows,
  // 1 <= n <= columns; `columns` elements of b must be there. Unless `copy` is null, they are also written there,
  // `columns` to each step; row_stride must then be 1.
  // For each eighth step the cache line at ahead + i * ahead_stride (bytes) is asked for; null: none.
  void (*tile)(int64_t k, const void *a, int64_t row_stride, int64_t step_stride, const void *b, int64_t ldb, void *c,
               int64_t ldc, int64_t m, int64_t n, const void *bias, int32_t accumulate, void *copy, const void *ahead,
               int64_t ahead_stride);
  // sums[m][n] = a b of at most GW_FEW_ROWS rows, for a b that comes from memory line by line: the elements of a step stand side by side
  // at a + p * lda. A row of sums has room up to a whole vector.
  void (*lines)(int64_t k, const void *a, int64_t lda, const void *b, int64_t ldb, void *sums, int64_t lds, int64_t m,
                int64_t n);
  // c[m][n] = (accumulate ? c : 0) + the sums of the parts, part_stride apart, in their order and the bias with the last: the bits of
  // tiles that take the parts in turn.
  void (*add_sums)(int64_t parts, const void *sums, int64_t part_stride, int64_t lds, void *c, int64_t ldc, int64_t m,
                   int64_t n, const void *bias, int32_t accumulate);
  // c[m][n] = (accumulate ? c : 0) + a b^T + (bias ? bias[n] : 0) by inner products: a [m, k], b [n, k].
  void (*dots)(int64_t k, const void *a, int64_t lda, const void *b, int64_t ldb, void *c, int64_t ldc, int64_t m,
               int64_t n, const void *bias, int32_t accumulate);
  // Rows 0 ..< count of x in strips of `width` rows, the last perhaps of fewer:
  // strips[row / width * strip_stride + step * width + row % width] = x[row * row_stride + step * k_stride].
  // One of the strides of x is 1. What stands beyond the rows of the last strip is of no use.
  void (*pack)(int64_t k, int64_t width, int64_t count, const void *x, int64_t row_stride, int64_t k_stride,
               void *strips, int64_t strip_stride);
};

// double_precision is 0 or 1; null where the machine's compiler target lacks the set.
const struct gw_matrix *gw_matrix_table(int isa, int double_precision);

#endif
