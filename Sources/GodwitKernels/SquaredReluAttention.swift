import CGodwitKernels

/// The sizes of an attention with squared weights: queries [B, T, K], keys [B, S, K], values [B, S, V].
package struct SquaredReluShape: Sendable {
  package let batch, queries, keys, keyWidth, valueWidth: Int
  /// Query t stands at position offset + t, sees keys up to its own and is divided by their number; otherwise it sees all.
  package let causal: Bool
  package let offset: Int

  package init(
    batch: Int, queries: Int, keys: Int, keyWidth: Int, valueWidth: Int, causal: Bool = true, offset: Int = 0
  ) {
    self.batch = batch
    self.queries = queries
    self.keys = keys
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    self.causal = causal
    self.offset = offset
  }

  /// Queries at work at once.
  static let rows = 128

  /// Calls `body` for each batch entry and run of queries, with the number of keys that the last of them sees.
  fileprivate func forEachBlock(_ body: (_ batch: Int, _ queries: Range<Int>, _ keys: Int) -> Void) {
    for entry in 0..<batch {
      for start in stride(from: 0, to: queries, by: Self.rows) {
        let end = min(start + Self.rows, queries)
        body(entry, start..<end, causal ? min(offset + end, keys) : keys)
      }
    }
  }

  /// What divides the squares of a query: the number of keys that it may look at, times their width.
  fileprivate func scale(_ query: Int) -> Float {
    1 / (Float(causal ? offset + query + 1 : max(keys, 1)) * Float(keyWidth))
  }

  fileprivate var scratch: Int { Self.rows * (keys + 16) }
}

/// out = Σ relu(q · k)² v / (n K): attention with squared weights over all n keys that a query sees.
///
/// Hua et al. 2022, "Transformer quality in linear time", section 2.2.
///
/// Time 2 B T S (K + V) flops, half of it where causal; memory beyond the operands O(S).
package func squaredReluAttention(
  _ shape: SquaredReluShape, q: AttentionRows, k: AttentionRows, v: AttentionRows, out: MutableAttentionRows,
  on isa: InstructionSet? = nil
) {
  var scratch = RecurrenceScratch(shape.scratch, SquaredReluShape.rows)
  let scores = FloatRows(scratch.take(shape.scratch, zeroed: false), stride: shape.keys + 16)
  let scales = scratch.take(SquaredReluShape.rows)
  shape.forEachBlock { entry, queries, keys in
    for (row, query) in queries.enumerated() { scales[row] = shape.scale(query) }
    shape.block(queries, keys, scales, scores, isa).attend(
      q: q.rows(entry).from(queries.lowerBound), k: k.rows(entry), v: v.rows(entry),
      out: out.rows(entry).from(queries.lowerBound))
  }
}

/// The gradient of ``squaredReluAttention``; the weights are computed again, a few queries at a time.
///
/// - Parameters:
///   - dq: overwritten, as are `dk` and `dv`.
package func squaredReluAttentionGradient(
  _ shape: SquaredReluShape, q: AttentionRows, k: AttentionRows, v: AttentionRows, dOut: AttentionRows,
  dq: MutableAttentionRows, dk: MutableAttentionRows, dv: MutableAttentionRows, on isa: InstructionSet? = nil
) {
  var scratch = RecurrenceScratch(2 * shape.scratch, SquaredReluShape.rows)
  let scores = FloatRows(scratch.take(shape.scratch, zeroed: false), stride: shape.keys + 16)
  let gradients = FloatRows(scratch.take(shape.scratch, zeroed: false), stride: shape.keys + 16)
  let scales = scratch.take(SquaredReluShape.rows)
  for entry in 0..<shape.batch {
    dk.rows(entry).clear(rows: shape.keys, columns: shape.keyWidth)
    dv.rows(entry).clear(rows: shape.keys, columns: shape.valueWidth)
  }
  shape.forEachBlock { entry, queries, keys in
    for (row, query) in queries.enumerated() { scales[row] = shape.scale(query) }
    shape.block(queries, keys, scales, scores, isa).gradient(
      q: q.rows(entry).from(queries.lowerBound), k: k.rows(entry), v: v.rows(entry),
      dOut: dOut.rows(entry).from(queries.lowerBound), dq: dq.rows(entry).from(queries.lowerBound),
      dk: dk.rows(entry), dv: dv.rows(entry), gradients: gradients)
  }
}

extension SquaredReluShape {
  fileprivate func block(
    _ queries: Range<Int>, _ keys: Int, _ scales: UnsafePointer<Float>, _ scores: FloatRows, _ isa: InstructionSet?
  ) -> SquaredReluBlock {
    SquaredReluBlock(
      table: gw_squared_relu_table((isa ?? .current).rawValue)!, isa: isa ?? .currentForProducts,
      queries: queries.count, keys: keys, keyWidth: keyWidth, valueWidth: valueWidth,
      shift: causal ? offset + queries.lowerBound : keys, scales: scales, scores: scores)
  }
}

extension AttentionRows {
  /// The rows of one batch entry, from column `column` on.
  func rows(_ entry: Int, column: Int = 0) -> FloatRows {
    FloatRows(reading: pointer + entry * batchStride + column, stride: rowStride)
  }
}

extension MutableAttentionRows {
  /// The rows of one batch entry, from column `column` on.
  func rows(_ entry: Int, column: Int = 0) -> FloatRows {
    FloatRows(pointer + entry * batchStride + column, stride: rowStride)
  }
}
