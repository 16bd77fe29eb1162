import GodwitKernels

// Means of values by weights that are products of features do not change where all features of a query have one factor more.
// The kernels choose it row by row (`weight_scale.inc`); this does the same where operations make the features.

extension DType {
  /// Exponents of two: of the largest feature of a key; of the largest sum of weights that is left as it is, the least being its
  /// inverse; and of what may be a factor.
  fileprivate var weightExponents: (key: Int, weights: Int, factor: Int) {
    switch self {
    case .float32: (80, 60, 125)
    case .float64: (640, 480, 1020)
    }
  }
}

/// Features of keys, none above 2⁸⁰ (2⁶⁴⁰ in float64), so that sums of many of them times values stay finite; their derivative
/// is 0 beyond.
package func limitedFeatures(ofKeys features: Tensor) -> Tensor {
  let limit = Double(sign: .plus, exponent: features.dtype.weightExponents.key, significand: 1)
  guard features.hasElement(above: limit) else { return features }
  let most = Tensor(limit, dtype: features.dtype)
  return select(greater(features, most), most, features)
}

/// Rows [..., K] with a factor each, a power of two, where the squares of the row might overflow.
package func rowsToSquare(_ x: Tensor) -> Tensor {
  let most = x.dtype.weightExponents.weights
  guard x.hasElement(above: Double(sign: .plus, exponent: most, significand: 1)) else { return x }
  let factors = x.rowFactors { largest, _ in largest.exponent > most ? -largest.exponent : 0 }
  return factors.map { x * $0 } ?? x
}

/// The powers of two, [..., 1], by which rows of query features [..., F] are to be multiplied, as their sums of weights would
/// overflow or nearly vanish; nil if there are none.
///
/// - Parameter weights: the sums of the rows' weights, one to each row.
package func weightFactors(_ query: Tensor, weights: Tensor) -> Tensor? {
  let exponents = query.dtype.weightExponents
  let most = Double(sign: .plus, exponent: exponents.weights, significand: 1)
  guard weights.hasMagnitude(outside: 1 / most...most) else { return nil }
  let least = query.dtype == .float32 ? Double(Float.leastNormalMagnitude) : Double.leastNormalMagnitude
  let sums = weights.scalars.map(abs)
  return query.rowFactors { largest, row in
    let sum = sums[row]
    if sum <= most && sum >= 1 / most { return 0 }
    let wanted = sum.isFinite && sum >= least ? -sum.exponent : -largest.exponent
    return min(wanted, exponents.factor - largest.exponent)
  }
}

/// Results [..., V] for rows of queries [..., F], whose size does not matter: once more of smaller queries, with powers of two,
/// where a result is not finite though its query is.
package func resultsOfSmallerQueries(
  _ query: Tensor, results: Tensor, _ compute: (_ query: Tensor) -> Tensor
) -> Tensor {
  var (query, results) = (query, results)
  let step = 25 - query.dtype.weightExponents.factor
  // The product of two numbers has at most twice their exponent.
  for _ in 0..<2 {
    guard !results.isFinite else { return results }
    let (elements, width) = (results.scalars, results.shape[results.rank - 1])
    let factors = query.rowFactors { _, row in
      elements[row * width..<(row + 1) * width].allSatisfy(\.isFinite) ? 0 : step
    }
    guard let factors else { return results }
    query = query * factors
    results = compute(query)
  }
  return results
}

extension Tensor {
  /// Powers of two, [..., 1], for rows [..., F]; nil if all are 1.
  ///
  /// - Parameter exponent: from the largest magnitude in a row, which is finite and not 0, and the number of the row.
  fileprivate func rowFactors(_ exponent: (Double, Int) -> Int) -> Tensor? {
    let width = shape[rank - 1]
    let elements = scalars
    let limit = dtype.weightExponents.factor
    var factors = [Double](repeating: 1, count: width == 0 ? 0 : count / width)
    for row in factors.indices {
      let largest = elements[row * width..<(row + 1) * width].reduce(0) { most, x in
        let size = Swift.abs(x)
        return size.isNaN || size > most ? size : most
      }
      guard largest.isFinite, largest > 0 else { continue }
      let power = Swift.max(Swift.min(exponent(largest, row), limit), -limit)
      factors[row] = Double(sign: .plus, exponent: power, significand: 1)
    }
    guard factors.contains(where: { $0 != 1 }) else { return nil }
    return Tensor(factors, shape: shape.replacing(axis: rank - 1, with: 1), dtype: dtype)
  }
}
