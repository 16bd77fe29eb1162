// Inner loops of softmax and its relatives over rows of n floats that lie one after another.
#ifndef GODWIT_SOFTMAX_H
#define GODWIT_SOFTMAX_H

#include <stdint.h>

struct gw_softmax {
  // y = e^(x - max) / sum; a row that is -inf throughout becomes NaN
  void (*softmax)(long rows, long n, const float *x, float *y);
  // y = x - log sum e^x; a row that is -inf throughout becomes NaN
  void (*log_softmax)(long rows, long n, const float *x, float *y);
  // y[r] = log sum e^x; -inf for a row that is -inf throughout, or empty
  void (*log_sum_exp)(long rows, long n, const float *x, float *y);
  // dx = y (dy - y . dy)
  void (*softmax_gradient)(long rows, long n, const float *y, const float *dy, float *dx);
  // dx = dy - e^y sum dy
  void (*log_softmax_gradient)(long rows, long n, const float *y, const float *dy, float *dx);
  // loss[r] = log sum e^x - x[target], normalizer[r] = log sum e^x
  void (*cross_entropy)(long rows, long n, const float *x, const int32_t *targets, float *loss, float *normalizer);
  // dx = d_loss[r] (e^(x - normalizer) - [target])
  void (*cross_entropy_gradient)(long rows, long n, const float *x, const int32_t *targets, const float *normalizer,
                                 const float *d_loss, float *dx);
};

const struct gw_softmax *gw_softmax_table(int isa);

#endif
