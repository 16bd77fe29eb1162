// Samples in double precision, made of the words of a generator. No multiply-add is fused here: the same words give the
// same bits under every instruction set.
#ifndef GODWIT_DOUBLE_SAMPLES_H
#define GODWIT_DOUBLE_SAMPLES_H

#include <stdint.h>

struct gw_double_samples {
  // A sample of each word: -ln(u) / rate, u = (k + 1/2) / 2^52 with k its upper 52 bits. `out` may be `words`.
  void (*exponential)(double rate, long count, const uint64_t *words, double *out);
  // Two samples of each two words, by Box and Muller: u of the radius from the first as above, the angle from the upper 53 bits
  // of the second. `count` is that of the pairs. `out` may be `words`.
  void (*normal)(double mean, double deviation, long count, const uint64_t *words, double *out);
};

const struct gw_double_samples *gw_double_samples_table(int isa);

#endif
