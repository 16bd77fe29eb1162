// a[t] = e^-decay a[t - 1] + e^k[t] v[t], b[t] = e^-decay b[t - 1] + e^k[t], both kept as A e^p and B e^p, and
// y[t] = (a[t - 1] + e^(bonus + k[t]) v[t]) / (b[t - 1] + e^(bonus + k[t])), for each channel by itself.
#ifndef GODWIT_WKV_H
#define GODWIT_WKV_H

// Some rows and some channels.
struct gw_wkv_rows {
  long length, channels;
  const float *k, *v;  // rows `stride` apart
  long stride;
  const float *decay, *bonus;  // [channels]
  float *state[3];             // A, B and p, [channels] each: before the rows, and after them
  float *y;                    // rows `stride` apart
};

struct gw_wkv_gradient {
  struct gw_wkv_rows rows;  // `state` is that before the rows, and stays; y is not needed
  const float *dy;
  float *dk, *dv;             // rows `stride` apart, written
  float *ddecay, *dbonus;     // [channels], added to
  float *carry[3];            // [channels]: the gradients of a e^-p, b e^-p and p after the rows, and then before them
  float *scratch;             // 3 `length` rows of `channels` floats, in whole vectors
};

struct gw_wkv {
  void (*forward)(const struct gw_wkv_rows *);
  void (*gradient)(const struct gw_wkv_gradient *);
};

const struct gw_wkv *gw_wkv_table(int isa);

#endif
