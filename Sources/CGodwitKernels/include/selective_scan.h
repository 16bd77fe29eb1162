// h[d, n] = e^(delta[d] A[d, n]) h[d, n] + delta[d] u[d] B[n], y[d] = sum over n of C[n] h[d, n] + skip[d] u[d], row after row.
#ifndef GODWIT_SELECTIVE_SCAN_H
#define GODWIT_SELECTIVE_SCAN_H

// Some rows and some channels. What is packed has groups of `group` channels, [groups, N, group], zeros beyond the last
// channel; a group's state stays in the nearest cache while the rows pass.
struct gw_scan_rows {
  long length, channels, states;
  const float *u, *delta;  // [length, channels], rows `stride` apart
  long stride;
  const float *b, *c;  // [length, N]
  const float *a;      // log2(e) A, packed
  const float *skip;   // [channels], null: zero
  float *state;        // packed: before the rows, and after them
  float *y;            // rows `stride` apart
};

struct gw_scan_gradient {
  struct gw_scan_rows rows;  // `state` is that before the rows, and stays; y is not needed
  const float *dy;                // rows apart as u
  float *du, *ddelta;             // likewise, written
  float *db, *dc;                 // [length, N, width], added to: a vector for each sum over channels
  float *da;                      // packed, added to
  float *dskip;                   // [channels], added to; null without skip
  float *carry;                   // packed: the gradient of the state after the rows, and then of that before them
  float *scratch;                 // (2 length + 2) N `group` floats
};

struct gw_selective_scan {
  long width, group;
  void (*forward)(const struct gw_scan_rows *);
  void (*gradient)(const struct gw_scan_gradient *);
  // The same of few rows with a [channels, N] and states likewise, which need not be packed: `next` after the rows.
  void (*step)(const struct gw_scan_rows *, float *next);
  // x [channels, N], rows of N floats, to packed ones, each times `scale`, and back.
  void (*pack)(long channels, long states, const float *x, float scale, float *packed);
  void (*unpack)(long channels, long states, const float *packed, float *x);
  // sums[i] = the sum of the lanes of vector i
  void (*lane_sums)(long count, const float *vectors, float *sums);
};

const struct gw_selective_scan *gw_selective_scan_table(int isa);

#endif
