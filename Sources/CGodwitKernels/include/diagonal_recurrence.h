// Inner loops of h[t] = a[t] * h[t - 1] + b[t] for a range of columns, row after row; strides are in floats.
#ifndef GODWIT_DIAGONAL_RECURRENCE_H
#define GODWIT_DIAGONAL_RECURRENCE_H

struct gw_diagonal_recurrence {
  // h and b have the row stride `stride`; `initial` null: zero. h may be b.
  void (*forward)(long length, long columns, const float *a, long a_stride, const float *b, float *h, long stride,
                  const float *initial);
  // Backward in time: g = dh[t] + carry, db[t] = g, da[t] = g * h[t - 1] (added where `adds`), carry = a[t] * g.
  // `before` is the row before h[0], null: zero. carry [columns] comes in as the gradient from later rows.
  void (*gradient)(long length, long columns, const float *a, long a_stride, const float *h, long stride,
                   const float *before, const float *dh, float *da, long da_stride, int adds, float *db, float *carry);

  // The same for complex numbers as pairs of arrays; index 0 real, 1 imaginary. Gradients are those of the real and
  // imaginary parts: g = dh + carry, da = g * conj(h[t - 1]), carry = conj(a) * g.
  void (*complex_forward)(long length, long columns, const float *const a[2], long a_stride, const float *const b[2],
                          float *const h[2], long stride, const float *const initial[2]);
  void (*complex_gradient)(long length, long columns, const float *const a[2], long a_stride, const float *const h[2],
                           long stride, const float *const before[2], const float *const dh[2], float *const da[2],
                           long da_stride, int adds, float *const db[2], float *const carry[2]);
};

const struct gw_diagonal_recurrence *gw_diagonal_recurrence_table(int isa);

#endif
