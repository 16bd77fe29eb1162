// y[t] = f(bias + sum over k < taps of weight[k] x[t - taps + 1 + k]) for each channel by itself; f is x sigmoid(x) where `silu`.
#ifndef GODWIT_CAUSAL_CONVOLUTION_H
#define GODWIT_CAUSAL_CONVOLUTION_H

// Some channels of one sequence.
struct gw_convolution_rows {
  long length, channels, taps;
  const float *x;       // [length, channels], rows `stride` apart
  const float *before;  // [taps - 1, channels], rows `stride` apart: the rows before the first; null: zeros
  long stride;
  const float *weight;  // [taps, channels], rows `stride` apart
  const float *bias;    // [channels], null: zeros
  int silu;
};

struct gw_convolution_gradient {
  struct gw_convolution_rows rows;
  const float *dy;  // rows `stride` apart
  float *dx;        // rows `stride` apart, written
  float *dbefore;   // as `before`, written; null if not wanted
  float *dweight;   // [taps, channels], rows `channels` apart, added to
  float *dbias;     // [channels], added to
  float *scratch;   // (2 taps + 1) `channels` floats, the channels in whole vectors
};

struct gw_causal_convolution {
  void (*forward)(const struct gw_convolution_rows *, float *y);
  void (*gradient)(const struct gw_convolution_gradient *);
};

const struct gw_causal_convolution *gw_causal_convolution_table(int isa);

#endif
