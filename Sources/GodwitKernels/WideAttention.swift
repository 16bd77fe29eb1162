/// Softmax attention of single queries in float64, for scores that float32 cannot hold.
///
/// The product of a query and a key may be beyond the greatest float where all their elements are finite, and differences of such
/// scores are ∞ − ∞; the softmax is as well defined as any. The few queries of which that is true have no finite log-sum-exp.
struct WideAttention {
  let shape: AttentionShape
  let q, k, v: AttentionRows
  /// The keys that a query sees.
  let keys: (_ row: Int) -> [Int]

  /// That of queries that see the keys before them, or all.
  init(_ shape: AttentionShape, q: AttentionRows, k: AttentionRows, v: AttentionRows) {
    (self.shape, self.q, self.k, self.v) = (shape, q, k, v)
    keys = { Array(0..<shape.visible(to: $0)) }
  }

  /// That of queries that see the keys of a plan.
  init(
    _ shape: AttentionShape, q: AttentionRows, k: AttentionRows, v: AttentionRows, _ plan: SparseAttentionPlan
  ) {
    (self.shape, self.q, self.k, self.v) = (shape, q, k, v)
    keys = { plan.keysSeen(by: $0) }
  }

  /// Where a log-sum-exp is beyond this, rounding leaves nothing of the probabilities that float32 computes from it.
  static let largestLogSum: Float = 0x1p20

  /// A query of one head.
  struct Query {
    let index, batch, head, row: Int

    init(_ index: Int, _ shape: AttentionShape) {
      self.index = index
      (batch, head) = (index / shape.queries / shape.heads, index / shape.queries % shape.heads)
      row = index % shape.queries
    }
  }

  /// Those queries of [B, H, T] whose log-sum-exp is not within a limit, though they and the keys that they see are finite;
  /// nil if there are none.
  func queries(_ logSumExp: UnsafePointer<Float>, beyond limit: Float) -> [Query]? {
    let count = shape.batch * shape.heads * shape.queries
    var isWithin = true
    for index in 0..<count { isWithin = isWithin && abs(logSumExp[index]) <= limit }
    if isWithin { return nil }
    let candidates = (0..<count).filter { !(abs(logSumExp[$0]) <= limit) }
    var areWide = [Bool](repeating: false, count: candidates.count)
    areWide.withUnsafeMutableBufferPointer { areWide in
      nonisolated(unsafe) let target = areWide
      parallelFor(candidates.count) { target[$0] = isFinite(Query(candidates[$0], shape)) }
    }
    let found = zip(candidates, areWide).filter(\.1).map { Query($0.0, shape) }
    return found.isEmpty ? nil : found
  }

  /// A query, if it and the keys that it sees are finite, and the terms of a score are beyond the greatest float.
  func query(_ batch: Int, _ head: Int, _ row: Int) -> Query? {
    let query = Query((batch * shape.heads + head) * shape.queries + row, shape)
    return isFinite(query) && keys(row).contains { size(query, $0) > Double(Float.greatestFiniteMagnitude) }
      ? query : nil
  }

  /// The sum of the magnitudes of the terms of a score, as the kernels scale it.
  private func size(_ query: Query, _ key: Int) -> Double {
    let (row, keyRow) = (self.query(query), self.key(query, key))
    let sum = (0..<shape.keyWidth).reduce(0.0) { $0 + abs(Double(row[$1]) * Double(keyRow[$1])) }
    return sum * Double(abs(shape.scale * SoftmaxAttentionForward.log2e))
  }

  /// Computes the queries whose log-sum-exp is not within a limit again; it becomes ∞.
  func repair(
    _ logSumExp: UnsafeMutablePointer<Float>, out: MutableAttentionRows, beyond limit: Float = .greatestFiniteMagnitude
  ) {
    guard let queries = queries(logSumExp, beyond: limit) else { return }
    parallelFor(queries.count) { place in
      let query = queries[place]
      let keys = keys(query.row)
      write(
        mean(of: query, keys, weights(of: query, keys)),
        to: out.pointer + query.batch * out.batchStride + query.row * out.rowStride + query.head * shape.valueWidth)
    }
    for query in queries { logSumExp[query.index] = .infinity }
  }

  /// Writes dq of some queries, and adds what they give to dk and dv.
  func addGradients(
    of queries: [Query], dOut: AttentionRows, dq: MutableAttentionRows, dk: MutableAttentionRows,
    dv: MutableAttentionRows
  ) {
    let byKeyHead = Dictionary(grouping: queries) { $0.batch * shape.keyHeads + $0.head / shape.group }
    let jobs = Array(byKeyHead.values)
    parallelFor(jobs.count) { job in
      for query in jobs[job] { addGradient(of: query, dOut: dOut, dq: dq, dk: dk, dv: dv) }
    }
  }

  private func addGradient(
    of query: Query, dOut: AttentionRows, dq: MutableAttentionRows, dk: MutableAttentionRows, dv: MutableAttentionRows
  ) {
    let keys = keys(query.row)
    let weights = weights(of: query, keys)
    let dOut =
      dOut.pointer + query.batch * dOut.batchStride + query.row * dOut.rowStride + query.head * shape.valueWidth
    let slopes = keys.map { key in
      let value = value(query, key)
      return (0..<shape.valueWidth).reduce(0.0) { $0 + Double(dOut[$1]) * Double(value[$1]) }
    }
    let mean = zip(weights, slopes).reduce(0.0) { $1.0 == 0 ? $0 : $0 + $1.0 * $1.1 }
    var dQuery = [Double](repeating: 0, count: shape.keyWidth)
    let keyHead = query.head / shape.group
    for (place, key) in keys.enumerated() where weights[place] != 0 {
      let dScore = weights[place] * (slopes[place] - mean) * Double(shape.scale)
      let (keyRow, queryRow) = (self.key(query, key), self.query(query))
      let dKey = dk.pointer + query.batch * dk.batchStride + key * dk.rowStride + keyHead * shape.keyWidth
      let dValue = dv.pointer + query.batch * dv.batchStride + key * dv.rowStride + keyHead * shape.valueWidth
      for column in 0..<shape.keyWidth {
        dQuery[column] += dScore * Double(keyRow[column])
        dKey[column] = Self.rounded(Double(dKey[column]) + dScore * Double(queryRow[column]))
      }
      for column in 0..<shape.valueWidth {
        dValue[column] = Self.rounded(Double(dValue[column]) + weights[place] * Double(dOut[column]))
      }
    }
    write(
      dQuery, to: dq.pointer + query.batch * dq.batchStride + query.row * dq.rowStride + query.head * shape.keyWidth)
  }

  /// The softmax of a query's scores.
  func weights(of query: Query, _ keys: [Int]) -> [Double] { Self.softmax(scores(of: query, keys)) }

  func scores(of query: Query, _ keys: [Int]) -> [Double] {
    let row = self.query(query)
    return keys.map { key in
      let keyRow = self.key(query, key)
      var sum = 0.0
      for column in 0..<shape.keyWidth { sum += Double(row[column]) * Double(keyRow[column]) }
      return sum * Double(shape.scale)
    }
  }

  static func softmax(_ scores: [Double]) -> [Double] {
    [Double](unsafeUninitializedCapacity: scores.count) { buffer, count in
      if let start = buffer.baseAddress { DoubleRow.softmax(scores.count, scores, start) }
      count = scores.count
    }
  }

  /// The mean of the values of some keys.
  func mean(of query: Query, _ keys: [Int], _ weights: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: shape.valueWidth)
    for (key, weight) in zip(keys, weights) {
      let value = value(query, key)
      for column in 0..<shape.valueWidth { sums[column] += weight * Double(value[column]) }
    }
    return sums
  }

  /// Whether a query and the keys that it sees, of which there are some, are finite.
  private func isFinite(_ query: Query) -> Bool {
    func isFinite(_ row: UnsafePointer<Float>) -> Bool {
      var sum: Float = 0
      for column in 0..<shape.keyWidth { sum += row[column] * 0 }
      return sum == 0
    }
    let keys = keys(query.row)
    return !keys.isEmpty && isFinite(self.query(query)) && keys.allSatisfy { isFinite(key(query, $0)) }
  }

  private func query(_ query: Query) -> UnsafePointer<Float> {
    q.pointer + query.batch * q.batchStride + query.row * q.rowStride + query.head * shape.keyWidth
  }

  private func key(_ query: Query, _ row: Int) -> UnsafePointer<Float> {
    k.pointer + query.batch * k.batchStride + row * k.rowStride + query.head / shape.group * shape.keyWidth
  }

  private func value(_ query: Query, _ row: Int) -> UnsafePointer<Float> {
    v.pointer + query.batch * v.batchStride + row * v.rowStride + query.head / shape.group * shape.valueWidth
  }

  func write(_ values: [Double], to target: UnsafeMutablePointer<Float>) {
    for (column, value) in values.enumerated() { target[column] = Self.rounded(value) }
  }

  /// The nearest float, which is finite where the number is.
  static func rounded(_ x: Double) -> Float {
    let limit = Double(Float.greatestFiniteMagnitude)
    return Float(x.isFinite ? min(max(x, -limit), limit) : x)
  }
}

extension SparseAttentionPlan {
  /// The keys that a query sees.
  func keysSeen(by row: Int) -> [Int] {
    var seen: [Int] = []
    for tile in tiles {
      let (lane, rest) = (row - tile.queries.start).quotientAndRemainder(dividingBy: tile.queries.step)
      guard rest == 0, 0..<tile.queries.count ~= lane else { continue }
      for run in runs[tile.runs] {
        let (first, last) = (max(lane + run.low, 0), min(lane + run.high, run.rows.count - 1))
        if first <= last { seen += (first...last).map { run.rows.start + $0 * run.rows.step } }
      }
    }
    return seen
  }
}
