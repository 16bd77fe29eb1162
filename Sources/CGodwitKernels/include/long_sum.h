// Sums of any number of addends, each kept as two floats: the sum, and the rest that rounding took from it.
#ifndef GODWIT_LONG_SUM_H
#define GODWIT_LONG_SUM_H

struct gw_long_sum {
  // sum + rest + x as a new sum and its rest, n of them; the rest is 0 where the sum is not finite.
  void (*add)(long n, const float *sum, const float *rest, const float *x, float *new_sum, float *new_rest);
  // The same of k v^T in place of x, [rows, columns], and y[c] = sum over r of q[r] * new_sum[r, c].
  void (*step)(long rows, long columns, const float *q, const float *k, const float *v, const float *sum,
               const float *rest, float *new_sum, float *new_rest, float *y);
};

const struct gw_long_sum *gw_long_sum_table(int isa);

#endif
