import GodwitKernels

/// What linear attention keeps of the past: a size that does not depend on how long that was.
public struct LinearAttentionState: Module {
  /// Σ φ(k) vᵀ, [B, H, K, V].
  public var matrix: Tensor
  /// Σ φ(k), [B, H, K].
  public var sum: Tensor

  /// The state of the given sums.
  public init(matrix: Tensor, sum: Tensor) {
    self.matrix = matrix
    self.sum = sum
  }

  /// The state before the first position: zeros.
  public init(batch: Int, heads: Int, keyWidth: Int, valueWidth: Int, dtype: DType = .float32) {
    matrix = Tensor(zeros: [batch, heads, keyWidth, valueWidth], dtype: dtype)
    sum = Tensor(zeros: [batch, heads, keyWidth], dtype: dtype)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("matrix", &matrix)
    visitor.visit("sum", &sum)
  }
}

/// Linear attention: S += φ(k) vᵀ, z += φ(k), y = Sᵀ φ(q), divided by φ(q)·z + ε where `normalized`.
///
/// Weights that cannot be negative need no ε: where their sum is 0 the result is 0. Where they can be, a divisor near 0 makes the
/// result as large as it likes; an ε bounds it and pulls means towards 0 whose weights are not much larger than it.
///
/// Means of finite operands stay finite, however large or small the weights, as long as Σ φ(k) and Σ φ(k) vᵀ are: features of keys
/// beyond 2⁸⁰ (2⁶⁴⁰ in float64) count as that, with a derivative of 0, which leaves room for values and positions of 2⁴⁷.
///
/// Katharopoulos et al. 2020, "Transformers are RNNs", equations 9 to 12 and 18 to 20.
///
/// - Parameters:
///   - query: [B, T, H, K].
///   - key: [B, T, H, K].
///   - value: [B, T, H, V].
///   - state: what is known of the positions before; nothing if nil.
///   - featureMap: φ.
///   - normalized: whether y is a mean of values: divided by the sum of their weights.
///   - causal: whether a position sees only those up to its own; otherwise all read the same sums.
///   - epsilon: ε, which keeps the divisor from 0 where weights may be negative.
/// - Returns: y [B, T, H, V], and the state after the last position.
/// - Precondition: the shapes agree.
/// - Complexity: 4 B H T K V operations; memory beyond the results does not depend on T. In float64, in forward mode and in
///   second derivatives 2 B H T² (K + V) operations and matrices T × T.
public func linearAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, state: LinearAttentionState? = nil,
  featureMap: ElementwiseFeatureMap = .eluPlusOne, normalized: Bool = true, causal: Bool = true, epsilon: Double = 0
) -> (output: Tensor, state: LinearAttentionState) {
  let operands = AttentionOperands(query, key, value, "linearAttention")
  let rule = LinearAttentionRule(
    operands: operands, featureMap: featureMap, normalized: normalized, causal: causal, epsilon: epsilon)
  return rule.attend([query, key, value], state)
}

/// `linearAttention` with queries, keys and values side by side, as one projection makes them.
///
/// - Parameters:
///   - packed: [B, T, 3 H K]: the query heads, then the key heads, then the value heads.
///   - heads: H.
/// - Returns: y [B, T, H, K], and the state after the last position.
public func linearAttention(
  packed: Tensor, heads: Int, state: LinearAttentionState? = nil, featureMap: ElementwiseFeatureMap = .eluPlusOne,
  normalized: Bool = true, causal: Bool = true, epsilon: Double = 0
) -> (output: Tensor, state: LinearAttentionState) {
  let operands = AttentionOperands(packed: packed, heads: heads, keyHeads: heads, "linearAttention")
  let rule = LinearAttentionRule(
    operands: operands, featureMap: featureMap, normalized: normalized, causal: causal, epsilon: epsilon)
  return rule.attend([packed], state)
}

/// `linearAttention` that may return, in place of the state, what the positions have added to it: after a long past that may be too
/// small to show in it.
package func linearAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, state: LinearAttentionState?, featureMap: ElementwiseFeatureMap,
  normalized: Bool, epsilon: Double, returnsAdded: Bool
) -> (output: Tensor, sums: LinearAttentionState) {
  let operands = AttentionOperands(query, key, value, "linearAttention")
  let rule = LinearAttentionRule(
    operands: operands, featureMap: featureMap, normalized: normalized, causal: true, epsilon: epsilon,
    returnsAdded: returnsAdded)
  let (y, sums) = rule.attend([query, key, value], state)
  return (y, sums)
}

/// The same of operands side by side [B, T, 3 H K].
package func linearAttention(
  packed: Tensor, heads: Int, state: LinearAttentionState?, featureMap: ElementwiseFeatureMap, normalized: Bool,
  epsilon: Double, returnsAdded: Bool
) -> (output: Tensor, sums: LinearAttentionState) {
  let operands = AttentionOperands(packed: packed, heads: heads, keyHeads: heads, "linearAttention")
  let rule = LinearAttentionRule(
    operands: operands, featureMap: featureMap, normalized: normalized, causal: true, epsilon: epsilon,
    returnsAdded: returnsAdded)
  let (y, sums) = rule.attend([packed], state)
  return (y, sums)
}

private struct LinearAttentionRule: Sendable {
  let operands: AttentionOperands
  let featureMap: ElementwiseFeatureMap
  let normalized: Bool
  let causal: Bool
  let epsilon: Double
  /// Whether what is added to the state is returned in its place.
  var returnsAdded = false

  private var matrixShape: Shape { [operands.batch, operands.heads, operands.keyWidth, operands.valueWidth] }
  private var sumShape: Shape { [operands.batch, operands.heads, operands.keyWidth] }
  private var outputShape: Shape { [operands.batch, operands.queries, operands.heads, operands.valueWidth] }

  func attend(_ x: [Tensor], _ state: LinearAttentionState?) -> (output: Tensor, state: LinearAttentionState) {
    require(
      operands.heads == operands.keyHeads && operands.queries == operands.keys,
      "linearAttention: \(operands.heads) heads of \(operands.queries) queries, \(operands.keyHeads) of \(operands.keys) keys"
    )
    var inputs = x
    if let state {
      require(
        state.matrix.shape == matrixShape && state.sum.shape == sumShape,
        "linearAttention: a state of \(state.matrix.shape) and \(state.sum.shape); expected \(matrixShape), \(sumShape)"
      )
      inputs += [state.matrix, state.sum]
    }
    let count = x.count
    let y = fused("linearAttention", inputs) {
      evaluate($0, count)
    } reference: {
      reference($0, count)
    }
    let before = returnsAdded ? nil : state?.sum
    let sum = normalized ? y[2] : before ?? Tensor(zeros: sumShape, dtype: x[0].dtype)
    return (y[0], LinearAttentionState(matrix: y[1], sum: sum))
  }

  private func evaluate(_ x: [Tensor], _ count: Int) -> FusedResult {
    let shape = LinearAttentionShape(
      batch: operands.batch, heads: operands.heads, length: operands.queries, keyWidth: operands.keyWidth,
      valueWidth: operands.valueWidth, causal: causal)
    let hasState = x.count > count
    let rows = operands.rows(x)
    let y = Tensor(outputShape, .float32) { _ in }
    let matrix = Tensor(matrixShape, .float32) { _ in }
    let sum = Tensor(sumShape, .float32) { _ in }
    let denominator = Tensor([operands.batch, operands.queries, operands.heads], .float32) { _ in }
    let exponents = Tensor(zeros: denominator.shape)
    GodwitKernels.linearAttention(
      shape, map: featureMap, normalized: normalized, epsilon: Float(epsilon), queries: rows.query, keys: rows.key,
      values: rows.value, output: MutableAttentionRows(fresh: y),
      denominator: normalized ? denominator.freshFloats : nil, exponents: normalized ? exponents.freshFloats : nil,
      initialState: hasState ? x[count].floats : nil,
      initialSum: hasState && normalized ? x[count + 1].floats : nil,
      finalState: returnsAdded ? nil : matrix.freshFloats,
      finalSum: normalized && !returnsAdded ? sum.freshFloats : nil,
      added: returnsAdded ? (matrix.freshFloats, sum.freshFloats) : nil)
    return FusedResult(normalized ? [y, matrix, sum] : [y, matrix]) { dy, needed in
      let rows = operands.rows(x)
      let gradients = x.prefix(count).map { Tensor($0.shape, .float32) { _ in } }
      let targets = operands.mutableRows(gradients)
      let dOutput = dy[0] ?? Tensor(zeros: outputShape)
      let wantsState = hasState && needed[count]
      let wantsSum = hasState && normalized && needed[count + 1]
      let dMatrix = wantsState ? Tensor(matrixShape, .float32) { _ in } : nil
      let dSum = wantsSum ? Tensor(sumShape, .float32) { _ in } : nil
      linearAttentionGradient(
        shape, map: featureMap, normalized: normalized, queries: rows.query, keys: rows.key, values: rows.value,
        output: AttentionRows(y), denominator: normalized ? denominator.floats : nil,
        exponents: normalized ? exponents.floats : nil, initialState: hasState ? x[count].floats : nil,
        initialSum: hasState && normalized ? x[count + 1].floats : nil,
        outputGradient: AttentionRows(dOutput), finalStateGradient: dy[1]?.floats,
        finalSumGradient: normalized ? dy[2]?.floats : nil, queryGradient: targets.query, keyGradient: targets.key,
        valueGradient: targets.value, initialStateGradient: dMatrix?.freshFloats,
        initialSumGradient: dSum?.freshFloats)
      return withExtendedLifetime((dy, dOutput)) {
        gradients + (hasState ? [less(dMatrix, dy[1]), less(dSum, normalized ? dy[2] : nil)] : [])
      }
    }
  }

  /// The gradient of an initial sum, without what reached it by the final one where only what is added is returned.
  private func less(_ gradient: Tensor?, _ dFinal: Tensor?) -> Tensor? {
    guard returnsAdded, let gradient, let dFinal else { return gradient }
    return gradient - dFinal
  }

  /// The quadratic form: every query with every key.
  private func reference(_ x: [Tensor], _ count: Int) -> [Tensor] {
    let (query, key, value) = operands.separated(x)
    let v = value.transposed([0, 2, 1, 3])
    let (q, k) = features(query.transposed([0, 2, 1, 3]), key.transposed([0, 2, 1, 3]))
    let seen = causal ? Tensor(lowerTriangle: q.shape[2], k.shape[2], dtype: q.dtype) : nil
    let past = x.count > count ? (matrix: x[count], sum: x[count + 1].reshaped(sumShape.inserting(1, at: 2))) : nil
    func weights(_ q: Tensor) -> (each: Tensor, sum: Tensor) {
      let each = seen.map { seenProducts(q, k, seen: $0) } ?? matmul(q, k, transposeB: true)
      let sum = each.sum(along: -1, keepingAxis: true)
      return (each, past.map { sum + (q * $0.sum).sum(along: -1, keepingAxis: true) } ?? sum)
    }
    func sums(_ weights: Tensor, _ q: Tensor) -> Tensor {
      let sums = seen.map { seenSums(weights, v, seen: $0) } ?? matmul(weights, v)
      return past.map { sums + matmul(q, $0.matrix) } ?? sums
    }
    var matrix = matmul(k, v, transposeA: true)
    var sum = k.sum(along: 2)
    if x.count > count, !returnsAdded {
      matrix = matrix + x[count]
      sum = sum + x[count + 1]
    }
    var (each, divisor) = weights(q)
    if !normalized { return [sums(each, q).transposed([0, 2, 1, 3]), matrix] }
    var (scaled, added) = (q, Tensor(epsilon, dtype: q.dtype))
    if let factors = weightFactors(q, weights: divisor) {
      (scaled, added) = (q * factors, added * factors)
      (each, divisor) = weights(scaled)
    }
    let output = sums(each, scaled) / GodwitTensor.divisor(ofWeights: divisor + added)
    return [output.transposed([0, 2, 1, 3]), matrix, sum]
  }

  /// The features of queries and keys, limited as the kernels do it.
  private func features(_ query: Tensor, _ key: Tensor) -> (query: Tensor, key: Tensor) {
    guard normalized, featureMap != .identity else { return (mapped(query), mapped(key)) }
    let query = featureMap == .reluSquared ? rowsToSquare(query) : query
    return (mapped(query), limitedFeatures(ofKeys: mapped(key)))
  }

  private func mapped(_ x: Tensor) -> Tensor {
    switch featureMap {
    case .identity: x
    case .eluPlusOne: eluPlusOne(x)
    case .relu: relu(x)
    case .reluSquared: reluSquared(x)
    }
  }
}

extension Shape {
  /// The shape with one more axis.
  func inserting(_ extent: Int, at axis: Int) -> Shape {
    var extents = Array(self)
    extents.insert(extent, at: axis)
    return Shape(extents)
  }
}
