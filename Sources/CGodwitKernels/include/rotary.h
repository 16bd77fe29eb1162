// The inner loop of rotary positions.
#ifndef GODWIT_ROTARY_H
#define GODWIT_ROTARY_H

struct gw_rotary {
  // For each head: (first half, second half) turned by the angles of one position, backward where sign is -1.
  void (*heads)(long heads, long half, const float *cosines, const float *sines, float sign, const float *x, float *y);
};

const struct gw_rotary *gw_rotary_table(int isa);

#endif
