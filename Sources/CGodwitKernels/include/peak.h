// Loops that do nothing but keep the arithmetic units, or the memory, busy: the floors of benchmarks.
#ifndef GODWIT_PEAK_H
#define GODWIT_PEAK_H

#include "isa.h"

struct gw_peak {
  // Multiplications and additions of one iteration of the loops below, each counted as one.
  int64_t operations_f32, operations_f64;
  // Independent chains of multiply-adds in registers; the result is there to be used by the caller.
  float (*multiply_adds_f32)(int64_t iterations);
  double (*multiply_adds_f64)(int64_t iterations);
  // Counts are multiples of 64 floats, arrays aligned to 64 bytes.
  float (*read)(int64_t count, const float *x);
  // Writes `count` floats past the caches.
  void (*write)(int64_t count, float *y);
  // y = x with stores that bypass the caches.
  void (*copy)(int64_t count, const float *x, float *y);
  // Reads all four and writes all but g, as an optimiser with two moments does.
  void (*update)(int64_t count, float *x, const float *g, float *first, float *second);
};

const struct gw_peak *gw_peak_table(int isa);

#endif
