import CGodwitKernels

/// The products of the weights of some keys, where what is hidden from a query must not reach it even if it is not finite.
///
/// A hidden weight is 0, and 0 times a NaN or an infinity is not. These leave hidden pairs out of the sums instead; all that is
/// finite has the bits of the products without a look at what is hidden, which are faster.
struct SeenProducts {
  let table: UnsafePointer<gw_attention>
  let keys: Int
  /// Vectors of queries.
  let vectors: Int
  /// Lane i sees the keys i + low ... i + high.
  let low, high: Int
  /// [keys, vectors] in rows of `stride`; 0 where a lane does not see the key.
  let weights: UnsafePointer<Float>
  let stride: Int

  private var lanes: Int { vectors * Int(table.pointee.width) }
  private var areAllSeen: Bool { high >= keys - 1 && low + lanes - 1 <= 0 }

  /// out[c, lane] += Σ rows[key, c] weights[key, lane] over the keys that a lane sees, c < width.
  func addToQueries(_ width: Int, _ rows: UnsafePointer<Float>, _ rowStride: Int, _ out: UnsafeMutablePointer<Float>) {
    if areAllSeen {
      table.pointee.product(width, vectors, keys, rows, 1, rowStride, weights, stride, out, stride, 1)
    } else {
      table.pointee.seen_product(
        width, vectors, keys, rows, 1, rowStride, weights, stride, out, stride, low, high)
    }
  }

  /// out[key] += Σ weights[key, lane] rows[lane] over the first `queries` lanes, as far as they see the key.
  ///
  /// - Parameter columns: of `rows`, whole vectors without a gap between them.
  func addToKeys(
    _ queries: Int, _ columns: Int, _ rows: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ outStride: Int
  ) {
    let width = Int(table.pointee.width)
    for key in 0..<keys {
      let first = max(key - high, 0)
      let count = min(key - low + 1, queries) - first
      if count <= 0 { continue }
      table.pointee.product(
        1, columns / width, count, weights + key * stride + first, 0, 1, rows + first * columns, columns,
        out + key * outStride, 0, 1)
    }
  }
}
