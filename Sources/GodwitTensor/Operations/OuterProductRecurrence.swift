import GodwitKernels

/// S[t] = diag(a[t]) S[t − 1] + k[t] v[t]ᵀ, y[t] = S[t]ᵀ q[t]: the outer-product recurrence, with decay.
///
/// The decay multiplies the state step by step: no ratio of decays is formed, so none overflows.
///
/// - Parameters:
///   - query: [B, T, H, K].
///   - key: [B, T, H, K].
///   - value: [B, T, H, V].
///   - logDecay: log a ≤ 0, −∞ to forget all: [H] (RetNet), [H, K] (RWKV-5), [B, T, H] (Mamba-2), [B, T, H, K]
///     (RWKV-6, gated linear attention), or nil for none.
///   - initial: S before the first position, [B, H, K, V]; zero if nil.
///   - strictlyPast: whether y[t] reads S[t − 1], as RWKV does.
/// - Returns: y [B, T, H, V], and S after the last position.
/// - Precondition: the shapes agree.
/// - Complexity: 4 B H T K V operations, 6 with decay; memory beyond the results does not depend on T.
public func outerProductRecurrence(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, logDecay: Tensor? = nil, initial: Tensor? = nil,
  strictlyPast: Bool = false
) -> (output: Tensor, state: Tensor) {
  let operands = AttentionOperands(query, key, value, "outerProductRecurrence")
  let rule = OuterProductRule(operands: operands, logDecay: logDecay, initial: initial, strictlyPast: strictlyPast)
  let inputs = [query, key, value] + [logDecay, initial].compactMap { $0 }
  let y = fused("outerProductRecurrence", inputs) {
    rule.evaluate($0)
  } reference: {
    rule.reference($0)
  }
  return (y[0], y[1])
}

private struct OuterProductRule: Sendable {
  let operands: AttentionOperands
  let decayShape: Shape?
  let hasInitial: Bool
  let strictlyPast: Bool

  init(operands: AttentionOperands, logDecay: Tensor?, initial: Tensor?, strictlyPast: Bool) {
    self.operands = operands
    self.strictlyPast = strictlyPast
    decayShape = logDecay?.shape
    hasInitial = initial != nil
    let (b, t, h, k) = (operands.batch, operands.queries, operands.heads, operands.keyWidth)
    require(
      operands.heads == operands.keyHeads && operands.queries == operands.keys,
      "outerProductRecurrence: \(h) heads of \(t) queries, \(operands.keyHeads) of \(operands.keys) keys")
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

  private var stateShape: Shape { [operands.batch, operands.heads, operands.keyWidth, operands.valueWidth] }
  private var outputShape: Shape { [operands.batch, operands.queries, operands.heads, operands.valueWidth] }

  private func decay(_ x: [Tensor]) -> OuterProductDecay {
    switch decayShape?.rank {
    case 1: .perHead(x[3].floats)
    case 2: .perHeadChannel(x[3].floats)
    case 3: .perPosition(x[3].floats)
    case 4: .perChannel(AttentionRows(x[3]))
    default: .none
    }
  }

  func evaluate(_ x: [Tensor]) -> FusedResult {
    let shape = OuterProductShape(
      batch: operands.batch, heads: operands.heads, length: operands.queries, keyWidth: operands.keyWidth,
      valueWidth: operands.valueWidth, strictlyPast: strictlyPast)
    let initial = hasInitial ? x[x.count - 1] : nil
    let rows = operands.rows(x)
    let y = Tensor(outputShape, .float32) { _ in }
    let state = Tensor(stateShape, .float32) { _ in }
    GodwitKernels.outerProductRecurrence(
      shape, decay: decay(x), queries: rows.query, keys: rows.key, values: rows.value,
      output: MutableAttentionRows(fresh: y), initialState: initial?.floats, finalState: state.freshFloats)
    return FusedResult([y, state]) { dy, needed in
      let rows = operands.rows(x)
      let gradients = x.map { Tensor($0.shape, .float32) { _ in } }
      let targets = operands.mutableRows(gradients)
      let dOutput = dy[0] ?? Tensor(zeros: outputShape)
      let decayGradient: OuterProductDecayGradient =
        switch needed[min(3, needed.count - 1)] ? decayShape?.rank : nil {
        case 1: .perHead(gradients[3].freshFloats)
        case 2: .perHeadChannel(gradients[3].freshFloats)
        case 3: .perPosition(gradients[3].freshFloats)
        case 4: .perChannel(MutableAttentionRows(fresh: gradients[3]))
        default: .none
        }
      outerProductRecurrenceGradient(
        shape, decay: decay(x), queries: rows.query, keys: rows.key, values: rows.value, initialState: initial?.floats,
        outputGradient: AttentionRows(dOutput), finalStateGradient: dy[1]?.floats, queryGradient: targets.query,
        keyGradient: targets.key, valueGradient: targets.value, decayGradient: decayGradient,
        initialStateGradient: hasInitial ? gradients[x.count - 1].freshFloats : nil)
      return withExtendedLifetime((dy, dOutput)) { x.indices.map { needed[$0] ? gradients[$0] : nil } }
    }
  }

  /// The recurrence step by step.
  func reference(_ x: [Tensor]) -> [Tensor] {
    let dtype = x[0].dtype
    var state = hasInitial ? x[x.count - 1] : Tensor(zeros: stateShape, dtype: dtype)
    var outputs: [Tensor] = []
    let (b, h, k, v) = (operands.batch, operands.heads, operands.keyWidth, operands.valueWidth)
    let (queries, keys, values) = (x[0].unstacked(along: 1), x[1].unstacked(along: 1), x[2].unstacked(along: 1))
    let decays = (decayShape?.rank ?? 0) > 2 ? x[3].unstacked(along: 1) : []
    for t in 0..<operands.queries {
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
      outputs.append(((strictlyPast ? before : state) * query).sum(along: 2))
    }
    return [outputs.isEmpty ? Tensor(zeros: outputShape, dtype: dtype) : stack(outputs, along: 1), state]
  }
}
