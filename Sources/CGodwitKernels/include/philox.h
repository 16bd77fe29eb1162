// The generator Philox4x32-10 for many counters at once, and samples made of its words. No multiply-add is fused here:
// the same words give the same bits under every instruction set.
#ifndef GODWIT_PHILOX_H
#define GODWIT_PHILOX_H

#include <stdint.h>

struct gw_philox {
  // The two words of each of `count` blocks of a stream, from block `first` on.
  void (*words)(uint64_t key, uint64_t stream, uint64_t first, long count, uint64_t *words);
  // Two samples of each word: lower + 2 half u, at most `last`, with u the upper 24 of 32 bits. `out` may be `words`.
  void (*uniform)(float lower, float half, float last, long count, const uint64_t *words, float *out);
  // Two samples of each word, by Box and Muller: the radius from its lower half, the angle from its upper. `out` may be
  // `words`.
  void (*normal)(float mean, float deviation, long count, const uint64_t *words, float *out);
  // Two samples of each word: -scale ln(1 - v), v from 32 bits. `out` may be `words`.
  void (*exponential)(float scale, long count, const uint64_t *words, float *out);
};

const struct gw_philox *gw_philox_table(int isa);

#endif
