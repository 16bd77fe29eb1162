// The exponentials of random projections, whose inner products estimate that of a softmax.
#ifndef GODWIT_RANDOM_FEATURES_H
#define GODWIT_RANDOM_FEATURES_H

struct gw_random_features {
  // y[r, c] = factor * e^(y[r, c] - shift) for each row, the exponent limited to -limit ... limit; the shift is half the
  // square of x[r, 0 ..< width] * scale, or where x is null the greatest of y[r, :].
  // Returns whether all shifts are finite.
  int (*features)(long rows, long columns, const float *x, long x_stride, long width, float scale, float factor,
                   float limit, float *y);
  // d[r, c] = y[r, c] dy[r, c], 0 where the exponent was limited: the gradient of the exponents. Then what the shift adds:
  // dx[r, :] = -x[r, :] * scale * scale times the row's sum of d; where dx is null, the greatest exponent's d less that sum.
  void (*gradient)(long rows, long columns, const float *x, long x_stride, long width, float scale, float factor,
                   float limit, const float *y, const float *dy, float *d, float *dx);
};

const struct gw_random_features *gw_random_features_table(int isa);

#endif
