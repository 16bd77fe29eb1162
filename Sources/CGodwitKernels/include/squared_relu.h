// Attention whose weights are squares of what is positive of the scores, in place of their softmax.
#ifndef GODWIT_SQUARED_RELU_H
#define GODWIT_SQUARED_RELU_H

struct gw_squared_relu {
  // s[i, j] = scales[i] * max(s[i, j], 0)^2 for j <= i + shift, 0 for the others.
  void (*weights)(long rows, long columns, long shift, const float *scales, float *s, long ld);
  // From scores s and the gradient d of their weights: s becomes the weights, d the gradient of the scores.
  void (*gradients)(long rows, long columns, long shift, const float *scales, float *s, float *d, long ld);
  // Whether all elements of the rows are finite.
  int (*finite)(long rows, long columns, const float *x, long stride);
};

const struct gw_squared_relu *gw_squared_relu_table(int isa);

#endif
