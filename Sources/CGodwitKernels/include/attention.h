// Inner loops of softmax attention. A block of queries lies across the lanes of the vectors, a block of keys along the
// rows: scores are held as s[key][query], so that the maximum and the sum of a query's scores need no work across
// lanes, and neither keys nor values are packed. Strides are in floats. Scores are in units of log 2.
#ifndef GODWIT_ATTENTION_H
#define GODWIT_ATTENTION_H

#include <stdint.h>

// `count` rows of `width` floats, `stride` apart.
struct gw_rows_ahead {
  const float *rows;
  long stride, width, count;
};

struct gw_attention {
  int width;  // float lanes of a vector
  int block;  // the best number of vectors in a block of queries

  // c[r][0 ..< vectors * width] (+)= sum over s < steps of a[r * a_row + s * a_step] * b[s * ldb + ...], for r < m.
  void (*product)(long m, long vectors, long steps, const float *a, long a_row, long a_step, const float *b, long ldb,
                  float *c, long ldc, int accumulate);

  // As `product` with `accumulate`, to the last bit, where b holds weights of 0 for what is hidden; but lane i takes in the
  // steps i + low ... i + high only, so that what is not finite in the rows of a reaches no other lane.
  void (*seen_product)(long m, long vectors, long steps, const float *a, long a_row, long a_step, const float *b,
                       long ldb, float *c, long ldc, long low, long high);
  // Whether all elements are finite.
  int (*finite)(long count, const float *x);

  // y[c * y_stride + r] = x[r * x_stride + c] * scale for r < rows, c < columns.
  void (*transpose)(long rows, long columns, const float *x, long x_stride, float *y, long y_stride, float scale);
  // y[r * padded + c] = x[r * x_stride + c], zeros from `columns` to `padded`.
  void (*pack)(long rows, long columns, long padded, const float *x, long x_stride, float *y);
  // y[r * y_stride + c] = scale * sum over p < parts of x[p * x_part + r * padded + c].
  void (*unpack)(long rows, long columns, long padded, const float *x, long x_part, long parts, float *y,
                 long y_stride, float scale);
  // dots[r] = a[r, :] . b[r, :] over `columns`; a stride may be 0.
  void (*row_dots)(long rows, long columns, const float *a, long a_stride, const float *b, long b_stride,
                   float *dots);

  // One more block of keys: s becomes 2^(s - max), `sum` grows by it. Where the new scores exceed `max` by much, `max`
  // is raised, `sum` and the `values` rows of `out` are scaled down to it. Lane i sees the keys i + low ... i + high;
  // where a vector sees none, nothing is read or written. Where a lane sees a score of -inf, its sum is not a number from then on.
  void (*soften)(long keys, long vectors, long low, long high, float *s, float *max, float *sum, long values,
                 float *out, long ld);
  // out /= sum (0 where the sum is 0); then sum = the natural logarithm of sum * 2^max. Returns whether out is a number
  // everywhere.
  int (*normalise)(long vectors, const float *max, float *sum, long values, float *out, long ld);
  // s becomes p = 2^(s - log_sum), dp becomes p * (dp - dots). Lane i sees the keys i + low ... i + high.
  void (*probabilities)(long keys, long vectors, long low, long high, float *s, float *dp, long ld,
                        const float *log_sum, const float *dots);

  // Few queries: the lanes lie along the width of the heads instead, and `row_dots` gives the scores of a query.
  // s becomes 2^(s - max) after max[0] is raised to the new scores, `sum` and out[0 ..< padded] scaled down with it,
  // and `sum` grows by the new ones; it is not a number from a score of -inf on.
  void (*soften_row)(long keys, float *s, float *max, float *sum, long padded, float *out);
  // out[c] += sum over j of s[j] * v[j, c] over `columns`.
  void (*value_sum)(long keys, long columns, const float *s, const float *v, long v_stride, float *out);
  // A record is `padded` sums, their maximum and their sum of exponentials. `to` becomes that of both.
  void (*join)(long padded, const float *from, float *to);
  // out = the sums / the sum of exponentials, log_sum[0] = the natural logarithm of that.
  void (*finish_row)(long values, long padded, const float *record, float *out, float *log_sum);

  // Writes the ranks of scores that are not at most `threshold` (of all, if not `filtered`), of the rows from `first` on;
  // returns their number. A rank is above another where its score is larger, or as large and of an earlier row; what is
  // not a number is larger than all. Its lower half is ~row.
  long (*ranks)(long count, const float *s, int filtered, float threshold, long first, uint64_t *target);

  // As `product`, while rows that will be read or written next come near: pieces of rows far apart, which the hardware does
  // not foresee.
  void (*product_ahead)(long m, long vectors, long steps, const float *a, long a_row, long a_step, const float *b,
                        long ldb, float *c, long ldc, int accumulate, const struct gw_rows_ahead *sources,
                        long source_count);
  // A chunk of positions: c[t] += sum over s <= t of a[t][s] * b[s], rows of whole vectors. Elements above the diagonal of a,
  // and rows of b for them, are not read.
  void (*lower_product)(long length, long vectors, const float *a, long lda, const float *b, long ldb, float *c,
                        long ldc);
  // c[s] += sum over t >= s of a[t][s] * b[t]; rows of a are padded by a tile's rows.
  void (*upper_product)(long length, long vectors, const float *a, long lda, const float *b, long ldb, float *c,
                        long ldc);
  // c[t][s] = sum over i < steps of a[t][i] * b[i][s] for s <= t, and what else lies in these vectors.
  void (*lower_scores)(long length, long steps, const float *a, long lda, const float *b, long ldb, float *c, long ldc);
};

// The score of a rank.
static inline float gw_ranked_score(uint64_t rank) {
  uint32_t bits = (uint32_t)(rank >> 32);
  bits ^= bits & 0x80000000u ? 0x80000000u : 0xffffffffu;
  float score;
  __builtin_memcpy(&score, &bits, sizeof score);
  return score;
}

const struct gw_attention *gw_attention_table(int isa);

#endif
