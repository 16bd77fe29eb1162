import GodwitKernels

/// S[t] = diag(a[t]) S[t − 1] + k[t] v[t]ᵀ, y[t] = S[t]ᵀ q[t]: the outer-product recurrence, with decay.
///
/// It is computed position by position, or, where one decay for all channels and enough positions and channels make that faster,
/// by chunks of positions as an attention whose weights fade (`OuterProductShape.isFasterByChunks`). Neither forms a ratio of decays, so none
/// overflows. Chunks multiply queries by keys, whose products must then be numbers that float32 holds.
///
/// - Parameters:
///   - query: [B, T, G, K], where G divides H: each shared by H / G heads that lie side by side.
///   - key: [B, T, G, K].
///   - value: [B, T, H, V].
///   - logDecay: log a ≤ 0, −∞ to forget all: [H] (RetNet), [H, K] (RWKV-5), [B, T, H] (Mamba-2), [B, T, H, K]
///     (RWKV-6, gated linear attention), or nil for none.
///   - initial: S before the first position, [B, H, K, V]; zero if nil.
///   - strictlyPast: whether y[t] reads S[t − 1], as RWKV does.
/// - Returns: y [B, T, H, V], and S after the last position.
/// - Precondition: the shapes agree.
/// - Complexity: 4 B H T K V operations, 6 with decay; memory beyond the results does not depend on T, but that of the derivative
///   by chunks, which keeps a state for each chunk while it is computed.
public func outerProductRecurrence(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, logDecay: Tensor? = nil, initial: Tensor? = nil,
  strictlyPast: Bool = false
) -> (output: Tensor, state: Tensor) {
  let rule = OuterProductRule(query, key, value, logDecay: logDecay, initial: initial, strictlyPast: strictlyPast)
  let inputs = [query, key, value] + [logDecay, initial].compactMap { $0 }
  let y = fused("outerProductRecurrence", inputs) {
    rule.evaluate($0)
  } reference: {
    rule.reference($0)
  }
  return (y[0], y[1])
}

private struct OuterProductRule: Sendable {
  let shape: OuterProductShape
  let decayShape: Shape?
  let hasInitial: Bool

  init(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, logDecay: Tensor?, initial: Tensor?, strictlyPast: Bool
  ) {
    require(
      query.rank == 4 && key.shape == query.shape && value.rank == 4
        && Array(value.shape.prefix(2)) == Array(key.shape.prefix(2)),
      "outerProductRecurrence: query \(query.shape), key \(key.shape), value \(value.shape) do not belong together")
    let (b, t, g, k) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3])
    let h = value.shape[2]
    require(
      g == 0 ? h == 0 : h % g == 0, "outerProductRecurrence: \(g) heads of queries and keys do not divide \(h) heads")
    shape = OuterProductShape(
      batch: b, heads: h, keyHeads: g, length: t, keyWidth: k, valueWidth: value.shape[3], strictlyPast: strictlyPast)
    decayShape = logDecay?.shape
    hasInitial = initial != nil
    let accepted: [Shape] = [[h], [h, k], [b, t, h], [b, t, h, k]]
    if let logDecay {
      require(
        accepted.contains(logDecay.shape),
        "outerProductRecurrence: decays of shape \(logDecay.shape); expected one of \(accepted)")
    }
    if let initial {
      require(
        initial.shape == stateShape,
        "outerProductRecurrence: an initial state of shape \(initial.shape); expected \(stateShape)")
    }
  }

  private var stateShape: Shape { [shape.batch, shape.heads, shape.keyWidth, shape.valueWidth] }
  private var outputShape: Shape { [shape.batch, shape.length, shape.heads, shape.valueWidth] }

  private func decay(_ x: [Tensor]) -> OuterProductDecay {
    switch decayShape?.rank {
    case 1: .perHead(x[3].floats)
    case 2: .perHeadChannel(x[3].floats)
    case 3: .perPosition(x[3].floats)
    case 4: .perChannel(AttentionRows(x[3]))
    default: .none
    }
  }

  /// Queries or keys of each head.
  private func ofHeads(_ x: Tensor) -> Tensor {
    if shape.keyHeads == shape.heads { return x }
    let (b, t, g, k) = (shape.batch, shape.length, shape.keyHeads, shape.keyWidth)
    return x.reshaped([b, t, g, 1, k]).broadcast(to: [b, t, g, shape.heads / g, k]).reshaped([b, t, shape.heads, k])
  }

  /// The gradient of queries or keys from that of those of each head.
  private func ofGroups(_ dx: Tensor) -> Tensor {
    if shape.keyHeads == shape.heads { return dx }
    let (b, t, g, k) = (shape.batch, shape.length, shape.keyHeads, shape.keyWidth)
    return dx.reshaped([b, t, g, shape.heads / g, k]).sum(along: 3)
  }

  /// Sizes and operands of either way: only that by chunks lets heads share queries and keys.
  private func prepared(_ x: [Tensor], byChunks: Bool) -> (shape: OuterProductShape, operands: [Tensor]) {
    if byChunks { return (shape.byChunks, x) }
    var shape = shape
    shape.keyHeads = shape.heads
    return (shape, [ofHeads(x[0]), ofHeads(x[1])] + x.dropFirst(2))
  }

  func evaluate(_ x: [Tensor]) -> FusedResult {
    let y = Tensor(outputShape, .float32) { _ in }
    let state = Tensor(stateShape, .float32) { _ in }
    let byChunks = shape.isFasterByChunks(decay(x), gradient: false)
    let (shape, operands) = prepared(x, byChunks: byChunks)
    let (queries, keys, values) = (AttentionRows(operands[0]), AttentionRows(operands[1]), AttentionRows(operands[2]))
    let initial = hasInitial ? operands[operands.count - 1].floats : nil
    if byChunks {
      outerProductRecurrenceByChunks(
        shape, decay: decay(operands), queries: queries, keys: keys, values: values,
        output: MutableAttentionRows(fresh: y), initialState: initial, finalState: state.freshFloats)
    } else {
      GodwitKernels.outerProductRecurrence(
        shape, decay: decay(operands), queries: queries, keys: keys, values: values,
        output: MutableAttentionRows(fresh: y), initialState: initial, finalState: state.freshFloats)
    }
    return withExtendedLifetime(operands) {
      FusedResult([y, state]) { dy, needed in gradients(x, dy, needed) }
    }
  }

  private func gradients(_ x: [Tensor], _ dy: [Tensor?], _ needed: [Bool]) -> [Tensor?] {
    let byChunks = shape.isFasterByChunks(decay(x), gradient: true)
    let (shape, operands) = prepared(x, byChunks: byChunks)
    let gradients = operands.map { Tensor($0.shape, .float32) { _ in } }
    let dOutput = dy[0] ?? Tensor(zeros: outputShape)
    let decayGradient: OuterProductDecayGradient =
      switch needed[min(3, needed.count - 1)] ? decayShape?.rank : nil {
      case 1: .perHead(gradients[3].freshFloats)
      case 2: .perHeadChannel(gradients[3].freshFloats)
      case 3: .perPosition(gradients[3].freshFloats)
      case 4: .perChannel(MutableAttentionRows(fresh: gradients[3]))
      default: .none
      }
    let (queries, keys, values) = (AttentionRows(operands[0]), AttentionRows(operands[1]), AttentionRows(operands[2]))
    let targets = gradients.prefix(3).map { MutableAttentionRows(fresh: $0) }
    let initial = hasInitial ? operands[operands.count - 1].floats : nil
    let dInitial = hasInitial ? gradients[gradients.count - 1].freshFloats : nil
    if byChunks {
      outerProductRecurrenceGradientByChunks(
        shape, decay: decay(operands), queries: queries, keys: keys, values: values, initialState: initial,
        outputGradient: AttentionRows(dOutput), finalStateGradient: dy[1]?.floats, queryGradient: targets[0],
        keyGradient: targets[1], valueGradient: targets[2], decayGradient: decayGradient,
        initialStateGradient: dInitial)
    } else {
      outerProductRecurrenceGradient(
        shape, decay: decay(operands), queries: queries, keys: keys, values: values, initialState: initial,
        outputGradient: AttentionRows(dOutput), finalStateGradient: dy[1]?.floats, queryGradient: targets[0],
        keyGradient: targets[1], valueGradient: targets[2], decayGradient: decayGradient,
        initialStateGradient: dInitial)
    }
    return withExtendedLifetime((operands, dy, dOutput)) {
      operands.indices.map { index in
        guard needed[index] else { return nil }
        return index < 2 && !byChunks ? ofGroups(gradients[index]) : gradients[index]
      }
    }
  }

  /// The recurrence step by step.
  func reference(_ operands: [Tensor]) -> [Tensor] {
    let x = [ofHeads(operands[0]), ofHeads(operands[1])] + operands.dropFirst(2)
    let dtype = x[0].dtype
    var state = hasInitial ? x[x.count - 1] : Tensor(zeros: stateShape, dtype: dtype)
    var outputs: [Tensor] = []
    let (b, h, k, v) = (shape.batch, shape.heads, shape.keyWidth, shape.valueWidth)
    let (queries, keys, values) = (x[0].unstacked(along: 1), x[1].unstacked(along: 1), x[2].unstacked(along: 1))
    let decays = (decayShape?.rank ?? 0) > 2 ? x[3].unstacked(along: 1) : []
    for t in 0..<shape.length {
      let query = queries[t].reshaped([b, h, k, 1])
      let before = state
      if let decayShape {
        let factors: Tensor =
          switch decayShape.rank {
          case 1: x[3].reshaped([h, 1, 1])
          case 2: x[3].reshaped([h, k, 1])
          case 3: decays[t].reshaped([b, h, 1, 1])
          default: decays[t].reshaped([b, h, k, 1])
          }
        state = exp(factors) * state
      }
      state = state + keys[t].reshaped([b, h, k, 1]) * values[t].reshaped([b, h, 1, v])
      outputs.append(((shape.strictlyPast ? before : state) * query).sum(along: 2))
    }
    return [outputs.isEmpty ? Tensor(zeros: outputShape, dtype: dtype) : stack(outputs, along: 1), state]
  }
}
