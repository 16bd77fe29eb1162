// The inner loop of Adam with decoupled weight decay, and the sum of squares that clips a gradient.
#ifndef GODWIT_ADAM_H
#define GODWIT_ADAM_H

struct gw_adam_step {
  float gradient_scale;       // g is multiplied by it first
  float beta1, rest1;         // m = beta1 m + rest1 g
  float beta2, rest2;         // v = beta2 v + rest2 g^2
  float keep;                 // p is multiplied by it before the step
  float rate, root, epsilon;  // p -= rate m / (root sqrt(v) + epsilon)
};

struct gw_adam {
  void (*step)(const struct gw_adam_step *, long count, float *p, const float *g, float *m, float *v);
  double (*squares)(long count, const float *x);
  double (*squares_double)(long count, const double *x);
};

const struct gw_adam *gw_adam_table(int isa);

#endif
