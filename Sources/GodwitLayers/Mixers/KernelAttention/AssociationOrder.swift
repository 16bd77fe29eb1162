import GodwitTensor

/// The two ways to multiply queries, keys and values without a softmax between them; the results are equal.
public enum AssociationOrder: Sendable, CaseIterable {
  /// (Q Kᵀ) V: a weight for every pair of positions.
  case weightsFirst
  /// Q (Kᵀ V): a matrix of the size of the widths, whatever the length.
  case stateFirst

  /// The operations of one head, multiplications and additions: 2 n² (K + V) or 4 n K V.
  public func operations(length: Int, keyWidth: Int, valueWidth: Int) -> Int {
    switch self {
    case .weightsFirst: 2 * length * length * (keyWidth + valueWidth)
    case .stateFirst: 4 * length * keyWidth * valueWidth
    }
  }

  /// The order with fewer operations, the one without the matrix of weights if they have as many: from the length
  /// 2 K V / (K + V) on, which is the width where both widths are equal.
  public static func cheaper(length: Int, keyWidth: Int, valueWidth: Int) -> AssociationOrder {
    let weights = weightsFirst.operations(length: length, keyWidth: keyWidth, valueWidth: valueWidth)
    let state = stateFirst.operations(length: length, keyWidth: keyWidth, valueWidth: valueWidth)
    return weights < state ? .weightsFirst : .stateFirst
  }

  /// Q Kᵀ V for each head, every position with all others.
  ///
  /// - Parameters:
  ///   - query: [B, T, H, K].
  ///   - key: [B, T, H, K].
  ///   - value: [B, T, H, V].
  /// - Returns: [B, T, H, V].
  /// - Complexity: `operations(length:keyWidth:valueWidth:)` for each head.
  public func product(_ query: Tensor, _ key: Tensor, _ value: Tensor) -> Tensor {
    switch self {
    case .weightsFirst:
      let (q, k, v) = (query.swappingAxes(1, 2), key.swappingAxes(1, 2), value.swappingAxes(1, 2))
      return matmul(matmul(q, k, transposeB: true), v).swappingAxes(1, 2)
    case .stateFirst:
      return linearAttention(query, key, value, featureMap: .identity, normalized: false, causal: false).output
    }
  }
}
