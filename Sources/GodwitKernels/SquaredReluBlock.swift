import CGodwitKernels

/// Some queries against some keys, with the weights scale · max(q · k, 0)²: the part that all attentions of this form share.
struct SquaredReluBlock {
  let table: UnsafePointer<gw_squared_relu>
  /// That of the products.
  let isa: InstructionSet
  let queries, keys: Int
  let keyWidth, valueWidth: Int
  /// Query i sees the keys 0 ... i + shift.
  let shift: Int
  /// One for each query.
  let scales: UnsafePointer<Float>
  /// Room for [queries, keys].
  let scores: FloatRows

  /// out (+)= weights v.
  func attend(q: FloatRows, k: FloatRows, v: FloatRows, out: FloatRows, accumulate: Bool = false) {
    multiply(m: queries, n: keys, k: keyWidth, q, k, transposeB: true, into: scores, on: isa)
    table.pointee.weights(queries, keys, shift, scales, scores.pointer, scores.stride)
    sumOverKeys(scores, v, valueWidth, into: out, accumulate: accumulate)
  }

  /// Writes dq, and adds to dk and dv.
  ///
  /// - Parameter gradients: room for [queries, keys], with the stride of `scores`.
  func gradient(
    q: FloatRows, k: FloatRows, v: FloatRows, dOut: FloatRows, dq: FloatRows, dk: FloatRows, dv: FloatRows,
    gradients: FloatRows
  ) {
    multiply(m: queries, n: keys, k: keyWidth, q, k, transposeB: true, into: scores, on: isa)
    multiply(m: queries, n: keys, k: valueWidth, dOut, v, transposeB: true, into: gradients, on: isa)
    table.pointee.gradients(queries, keys, shift, scales, scores.pointer, gradients.pointer, scores.stride)
    addOverQueries(scores, dOut, valueWidth, to: dv)
    sumOverKeys(gradients, k, keyWidth, into: dq, accumulate: false)
    addOverQueries(gradients, q, keyWidth, to: dk)
  }

  /// out[query] (+)= Σ factors[query, key] x[key] over the keys that the query sees.
  private func sumOverKeys(_ factors: FloatRows, _ x: FloatRows, _ width: Int, into out: FloatRows, accumulate: Bool) {
    // The first query sees the keys before these.
    let hidden = min(max(shift + 1, 0), keys)..<keys
    withoutOddities(of: x, hidden, rows: keys, width) { clean, oddities in
      multiply(m: queries, n: width, k: keys, factors, clean, into: out, accumulate: accumulate, on: isa)
      for (key, column) in oddities {
        for query in max(key - shift, 0)..<queries {
          out[query, column] += factors[query, key] * x[key, column]
        }
      }
    }
  }

  /// out[key] += Σ factors[query, key] x[query] over the queries that see the key.
  private func addOverQueries(_ factors: FloatRows, _ x: FloatRows, _ width: Int, to out: FloatRows) {
    // The queries after these see all keys.
    let blind = 0..<min(max(keys - 1 - shift, 0), queries)
    withoutOddities(of: x, blind, rows: queries, width) { clean, oddities in
      multiply(m: keys, n: width, k: queries, factors, transposeA: true, clean, into: out, accumulate: true, on: isa)
      for (query, column) in oddities {
        for key in 0..<min(max(query + shift + 1, 0), keys) {
          out[key, column] += factors[query, key] * x[query, column]
        }
      }
    }
  }

  /// Calls `body` with rows that have zeros for what is not finite in some of `x`, and with the places of these.
  ///
  /// A hidden factor is 0, and 0 times what is not finite is not 0: it must not come into a product with all rows. What is finite
  /// is summed up in the same order either way.
  private func withoutOddities(
    of x: FloatRows, _ some: Range<Int>, rows: Int, _ width: Int,
    _ body: (_ clean: FloatRows, _ oddities: [(row: Int, column: Int)]) -> Void
  ) {
    if table.pointee.finite(some.count, width, x.from(some.lowerBound).pointer, x.stride) != 0 { return body(x, []) }
    var scratch = RecurrenceScratch(rows * width)
    let clean = FloatRows(scratch.take(rows * width, zeroed: false), stride: width)
    var oddities: [(row: Int, column: Int)] = []
    for row in 0..<rows {
      clean.from(row).pointer.update(from: x.from(row).pointer, count: width)
      if !some.contains(row) { continue }
      for column in 0..<width where !x[row, column].isFinite {
        clean[row, column] = 0
        oddities.append((row, column))
      }
    }
    body(clean, oddities)
  }
}
