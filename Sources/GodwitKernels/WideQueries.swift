/// The queries of a backward pass whose probabilities float32 cannot compute again from their log-sum-exps: the blocks leave them
/// out, and `WideAttention` adds what they give.
struct WideQueries {
  private let attention: WideAttention
  private let queries: [WideAttention.Query]
  private let areWide: [Bool]

  /// Nil if there are none.
  init?(_ attention: WideAttention, _ logSumExp: UnsafePointer<Float>) {
    guard let queries = attention.queries(logSumExp, beyond: WideAttention.largestLogSum) else { return nil }
    let shape = attention.shape
    var areWide = [Bool](repeating: false, count: shape.batch * shape.heads * shape.queries)
    for query in queries { areWide[query.index] = true }
    (self.attention, self.queries, self.areWide) = (attention, queries, areWide)
  }

  /// Makes the queries of a block among these give nothing.
  ///
  /// - Parameters:
  ///   - first: the index of lane 0 in [B, H, T]; that of each next lane is larger by `step`.
  ///   - columns: what lies along the lanes, so many rows of each.
  ///   - rows: what lies as rows, of so many columns each.
  func hide(
    from first: Int, step: Int = 1, count: Int, lanes: Int, columns: [(UnsafeMutablePointer<Float>, Int)],
    rows: [(UnsafeMutablePointer<Float>, Int)], logSum: UnsafeMutablePointer<Float>, dots: UnsafeMutablePointer<Float>
  ) {
    for lane in 0..<count where areWide[first + lane * step] {
      for (place, width) in columns {
        for row in 0..<width { place[row * lanes + lane] = 0 }
      }
      for (place, width) in rows { (place + lane * width).update(repeating: 0, count: width) }
      logSum[lane] = .greatestFiniteMagnitude
      dots[lane] = 0
    }
  }

  func addGradients(dOut: AttentionRows, dq: MutableAttentionRows, dk: MutableAttentionRows, dv: MutableAttentionRows) {
    attention.addGradients(of: queries, dOut: dOut, dq: dq, dk: dk, dv: dv)
  }
}
