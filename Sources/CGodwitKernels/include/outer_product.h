// Inner loops of recurrences whose state is a matrix, S = diag(a) S + k v^T, over one block of time.
// Rows handed to these loops are packed: their widths are padded with zeros to a multiple of `width`.
#ifndef GODWIT_OUTER_PRODUCT_H
#define GODWIT_OUTER_PRODUCT_H

enum {
  GW_DECAY_NONE = 0,
  GW_DECAY_SCALAR = 1,   // one factor per step
  GW_DECAY_ROWS = 2,     // one factor per step and row of S
  GW_DECAY_COLUMNS = 3,  // one factor per step and column of S
};

// What a step does to S (decays it, adds its outer product) and when it reads it, y += S^T q.
enum {
  GW_DECAY_UPDATE_READ = 0,
  GW_DECAY_READ_UPDATE = 1,
  GW_READ_DECAY_UPDATE = 2,
  GW_UPDATE_READ_DECAY = 3,
  GW_READ_UPDATE_DECAY = 4,
  GW_UPDATE_ONLY = 5,  // without decay; q and y are not used
  GW_READ_ONLY = 6,    // k, v and decay are not used
};

enum {
  GW_MAP_IDENTITY = 0,
  GW_MAP_ELU_PLUS_ONE = 1,
  GW_MAP_EXP = 2,  // of arguments <= 0
  GW_MAP_RELU = 3,
  GW_MAP_RELU_SQUARED = 4,
};

// The largest feature of a key, a power of two which leaves room for the sum of many of them times values, and its root.
#define GW_MOST_KEY 0x1p80f
#define GW_MOST_ROOT_OF_KEY 0x1p40f
// Sums of weights between these are as they are; others are made about 1.
#define GW_LEAST_WEIGHTS 0x1p-60f
#define GW_MOST_WEIGHTS 0x1p60f

// Rows that a later block will pack: row r is at rows + r * stride.
struct gw_outer_product_source {
  const float *rows;
  long stride, width;
};

// One block of steps. Strides are in floats and may be negative (time runs backward then).
struct gw_outer_product {
  long length, rows, columns;  // rows and columns of S: multiples of the table's width
  const float *q, *k, *v, *decay;
  float *y;
  long row_stride, column_stride, decay_stride;  // of q and k, of v and y, of decay
  float *state;                                  // [rows, columns]
  int decay_mode, order;
  // `length` rows from `source_row` on are brought into the cache meanwhile: short pieces of rows far apart are what
  // the hardware does not foresee.
  const struct gw_outer_product_source *sources;
  long source_count, source_row;
};

struct gw_recurrence {
  int width;  // float lanes: padded widths are multiples of it

  void (*outer_product)(const struct gw_outer_product *);

  // z += w[t] * k[t, :], then y[t, :] += u[t] * z, for t in order; w or u null: 1; k or y null: that half is left out.
  void (*vector_sum)(long length, long padded, const float *k, long k_stride, const float *w, float *z, float *y,
                     long y_stride, const float *u, long weight_stride);
  // z += k[t, :] (k null: z stays), then sums[t] = epsilon + q[t, :] . z, where q = map(x); infinity where that is below the
  // least normal number. A row of q whose sum is far from 1 is multiplied by 2^exponents[t], as is epsilon; other exponents
  // are not written. Returns whether a row was.
  int (*normaliser)(long length, long width, long padded, int map, const float *x, long x_stride, float *q,
                    const float *k, float *z, float epsilon, float *sums, float *exponents);

  // y[t, 0 ..< padded] = map(x[t, 0 ..< width]), zeros beyond `width`.
  void (*pack)(long length, long width, long padded, int map, const float *x, long x_stride, float *y);
  // The same of x limited to GW_MOST_KEY, or GW_MOST_ROOT_OF_KEY for relu squared; the identity limits nothing.
  void (*pack_keys)(long length, long width, long padded, int map, const float *x, long x_stride, float *y);
  // Rows y[t, 0 ..< width] = map(x[t, :]) are multiplied by 2^exponents[t * stride], or its square for relu squared, where
  // map(x) may overflow.
  void (*scale)(long length, long width, long padded, int map, const float *x, long x_stride, const float *exponents,
                long stride, float *y);
  // x[t, 0 ..< width] = y[t, :] / divisor[t * stride]; divisor null: 1
  void (*unpack)(long length, long width, long padded, const float *y, const float *divisor, long stride, float *x,
                 long x_stride);
  // x[t, :] = y[t, :] * slope: the derivative of elu + 1 or of relu in terms of its value phi, or that of relu squared in
  // terms of relu. `limited`: that of keys, 0 beyond their limit.
  void (*unpack_slope)(long length, long width, long padded, int map, int limited, const float *y, const float *phi,
                       float *x, long x_stride);
  // scaled = dy / divisor, d_divisor[t] = -(dy . y) / divisor[t * stride]
  void (*normaliser_gradient)(long length, long width, long padded, const float *dy, long dy_stride, const float *y,
                              long y_stride, const float *divisor, long stride, float *scaled, float *d_divisor);
  // dots[t] = a[t, :] . b[t, :]
  void (*row_dots)(long length, long padded, const float *a, const float *b, float *dots);
  // p[t, :] = q[t, :] * y[t, :] (scalar: their sum, p [length]); then y[t, :] += dots[t] * k[t, :]
  void (*decay_terms)(long length, long padded, int scalar, const float *q, float *y, const float *k,
                      const float *dots, float *p);
  // Backward in time, g [padded] (scalar: [1]) the gradient of the logarithm of the next step's decay:
  // g += p[t] - k[t] * y[t], p[t] = g; then y[t] += dots[t] * q[t]. `is_end`: g is that of the last step already but
  // for its p, so k * y is left out there.
  void (*decay_gradient)(long length, long padded, int scalar, int is_end, const float *k, float *y, const float *q,
                         const float *dots, float *p, float *g);
  // g[c] = sum over r of a[r, c] * b[r, c] (scalar: over c too, g [1])
  void (*column_dots)(long rows, long padded, int scalar, const float *a, const float *b, float *g);
  // y[r * y_stride + c] = x[r * x_row_stride + c * x_column_stride]: a state into its padded place, out of it, or across.
  void (*copy_state)(long rows, long columns, const float *x, long x_row_stride, long x_column_stride, float *y,
                     long y_stride);
};

const struct gw_recurrence *gw_recurrence_table(int isa);

#endif
