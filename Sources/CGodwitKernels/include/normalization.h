// Inner loops of the normalizations over rows of n floats that lie one after another.
#ifndef GODWIT_NORMALIZATION_H
#define GODWIT_NORMALIZATION_H

struct gw_normalization {
  // mean[r], inverse[r] = 1 / sqrt(variance + epsilon), y = (x - mean) inverse scale + shift
  void (*layer)(long rows, long n, float epsilon, const float *x, const float *scale, const float *shift, float *y,
                float *mean, float *inverse);
  // dx from dy; d_scale [n] and d_shift [n] += this block's sums over its rows
  void (*layer_gradient)(long rows, long n, const float *x, const float *scale, const float *mean,
                         const float *inverse, const float *dy, float *dx, float *d_scale, float *d_shift);
  // inverse[r] = 1 / sqrt(mean of x^2 + epsilon), y = x inverse scale
  void (*rms)(long rows, long n, float epsilon, const float *x, const float *scale, float *y, float *inverse);
  void (*rms_gradient)(long rows, long n, const float *x, const float *scale, const float *inverse, const float *dy,
                       float *dx, float *d_scale);
  // y[c] = the sum over r of x[r * stride + c], in order and in double precision
  void (*sum_rows)(long rows, long n, const float *x, long stride, float *y);
};

const struct gw_normalization *gw_normalization_table(int isa);

#endif
