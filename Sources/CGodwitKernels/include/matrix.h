// Tiles of the matrix product. A tile has `rows` x `columns` elements; operands are packed into strips.
#ifndef GODWIT_MATRIX_H
#define GODWIT_MATRIX_H

#include "isa.h"

struct gw_matrix {
  // The shape of a full tile.
  int32_t rows, columns;
  // c[m][n] (+)= a b: a holds `rows` elements to each step of k, b `columns` elements at b + step * ldb.
  // m and n may fall short of a full tile, but the elements of a and b must be there.
  void (*tile)(int64_t k, const void *a, const void *b, int64_t ldb, void *c, int64_t ldc, int64_t m, int64_t n,
               int32_t accumulate);
  // The same for a column strip of a few rows: m <= 8 rows of a (row stride lda), four vectors of columns at a time.
  void (*few_rows)(int64_t k, const void *a, int64_t lda, const void *b, int64_t ldb, void *c, int64_t ldc, int64_t m,
                   int64_t n, int32_t accumulate);
  // c[m][n] (+)= a b^T by inner products: a [m, k], b [n, k].
  void (*dots)(int64_t k, const void *a, int64_t lda, const void *b, int64_t ldb, void *c, int64_t ldc, int64_t m,
               int64_t n, int32_t accumulate);
  // strip[step * width + r] = x[r * row_stride + step * k_stride] for r < count, 0 up to `width`.
  void (*pack)(int64_t k, int64_t width, int64_t count, const void *x, int64_t row_stride, int64_t k_stride,
               void *strip);
};

// double_precision is 0 or 1; null where the machine's compiler target lacks the set.
const struct gw_matrix *gw_matrix_table(int isa, int double_precision);

#endif
