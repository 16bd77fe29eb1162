// The paths of walks from the bits of their steps.
#ifndef GODWIT_WALK_H
#define GODWIT_WALK_H

#include <stdint.h>

struct gw_walk {
  // The places [walks, steps] after each step of walks from `start` on, walk after walk. A step is up where its bit is set, the
  // lowest bit of the first word first; a walk has (steps + 63) / 64 words. `sums` are the sums of the first 1, 2, ... 8 steps of
  // each byte. Where there are vectors for it, the places bypass the caches.
  void (*paths16)(int16_t start, long walks, long steps, const uint64_t *bits, const int8_t *sums, int16_t *places);
  void (*paths32)(int32_t start, long walks, long steps, const uint64_t *bits, const int8_t *sums, int32_t *places);
};

const struct gw_walk *gw_walk_table(int isa);

#endif
