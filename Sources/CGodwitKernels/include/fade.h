// What is left at one position of a chunk of what came in at another, where a state fades by one factor at each position;
// and what surrounds the products of a chunk. Rows are padded to whole vectors; strides are in floats.
#ifndef GODWIT_FADE_H
#define GODWIT_FADE_H

#include <stdint.h>

// The decays of a chunk of positions; each array has room for whole vectors of them.
struct gw_fades {
  // The sum of their logarithms up to each position, and what rounding took from it: only differences of the two count.
  float *sum, *rest;
  // The last position, up to each, that forgets all that came before it; -1 if none does.
  int32_t *since;
  // What is left at each position of the state before the chunk, and at the end of what came in at each position.
  float *of_past, *at_end;
};

struct gw_fade {
  int width;  // float lanes of a vector

  // The fades of `length` decays, `stride` apart.
  void (*fades)(long length, const float *log_decays, long stride, const struct gw_fades *fades);
  // w[t][s] = g[t][s] * fade for s <= t.
  void (*weigh)(long length, const struct gw_fades *fades, const float *g, float *w, long ld);
  // The same, and dg[t][s] += dw[t][s] * fade (= where `first`). spans[t] becomes the sum of dw[i][s] * w[i][s] over all
  // s < t <= i: the gradient of the logarithm of t's decay by the pairs within the chunk, in which nothing cancels but
  // what has either sign. `open` is scratch of a row.
  void (*weigh_gradient)(long length, const struct gw_fades *fades, const float *g, const float *dw, int first,
                         float *w, float *dg, long ld, float *open, float *spans);

  // y[r][:] = x[r][:] * factors[r * stride]
  void (*scale_rows)(long rows, long vectors, const float *factors, long stride, const float *x, float *y, long ld);
  // sum[r][:] += factors[r] * x[r][:]; dots[r] = factors[r] * (x[r][:] . y[r][:])
  void (*add_scaled)(long rows, long vectors, const float *factors, const float *x, const float *y, float *sum, long ld,
                     float *dots);
  // The gradient of the logarithms: target[t * stride] = all + spans[t] + sum of reads[i] over i >= t + sum of writes[i]
  // over i < t.
  void (*decay_gradient)(long length, double all, const float *spans, const float *reads, const float *writes,
                         double *target, long stride);
  // The sum of x[r][c] * y[r][c].
  double (*dot)(long rows, long vectors, const float *x, const float *y, long ld);
};

const struct gw_fade *gw_fade_table(int isa);

#endif
