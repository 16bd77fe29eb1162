import GodwitKernels

/// h[t] = exp(Δ[t] A) ⊙ h[t − 1] + Δ[t] u[t] b[t]ᵀ, y[t] = h[t] c[t] + skip ⊙ u[t]: the selective scan of Mamba, with the state read
/// where it is made, so that no [B, T, D, N] is kept.
///
/// A is discretised by zero-order hold, b by Euler's step, as in the authors' code. Gu and Dao 2023, "Mamba: Linear-time sequence
/// modeling with selective state spaces", algorithm 2.
///
/// - Parameters:
///   - u: what the state takes in, [B, T, D].
///   - delta: the step sizes, [B, T, D], none negative.
///   - a: A [D, N], none positive, so that no factor is above 1.
///   - b: [B, T, N].
///   - c: [B, T, N].
///   - skip: [D]; none if nil.
///   - initial: h before the first position, [B, D, N]; zero if nil.
/// - Returns: y [B, T, D], and h after the last position, [B, D, N].
/// - Precondition: the shapes agree.
/// - Complexity: B T D N exponentials and 6 B T D N operations; memory beyond the results B T D N / 32 where a derivative is
///   wanted, which computes the states again in blocks of 32 positions.
public func selectiveScan(
  _ u: Tensor, delta: Tensor, a: Tensor, b: Tensor, c: Tensor, skip: Tensor? = nil, initial: Tensor? = nil
) -> (output: Tensor, state: Tensor) {
  var rule = SelectiveScanRule(u, delta, a, b, c, skip, initial)
  let inputs = [u, delta, a, b, c] + [skip, initial].compactMap { $0 }
  rule.wantsGradient = innermostTrace(inputs) != nil
  let y = fused("selectiveScan", inputs) { [rule] in
    rule.evaluate($0)
  } reference: { [rule] in
    rule.reference($0)
  }
  return (y[0], y[1])
}

private struct SelectiveScanRule: Sendable {
  let shape: SelectiveScanShape
  let hasSkip, hasInitial: Bool
  /// Whether the states before each block are kept.
  var wantsGradient = false

  private var stateShape: Shape { [shape.batch, shape.width, shape.states] }

  init(
    _ u: Tensor, _ delta: Tensor, _ a: Tensor, _ b: Tensor, _ c: Tensor, _ skip: Tensor?, _ initial: Tensor?
  ) {
    require(
      u.rank == 3 && a.rank == 2 && delta.shape == u.shape && a.shape[0] == u.shape[2],
      "selectiveScan: u \(u.shape), delta \(delta.shape), a \(a.shape); expected [B, T, D], [B, T, D] and [D, N]")
    shape = SelectiveScanShape(batch: u.shape[0], length: u.shape[1], width: u.shape[2], states: a.shape[1])
    (hasSkip, hasInitial) = (skip != nil, initial != nil)
    let rows: Shape = [shape.batch, shape.length, shape.states]
    require(b.shape == rows && c.shape == rows, "selectiveScan: b \(b.shape), c \(c.shape); expected \(rows)")
    require(
      skip == nil || skip?.shape == [shape.width],
      "selectiveScan: skip \(skip?.shape ?? []); expected [\(shape.width)]")
    require(
      initial == nil || initial?.shape == stateShape,
      "selectiveScan: an initial state of shape \(initial?.shape ?? []); expected \(stateShape)")
  }

  private func skip(_ x: [Tensor]) -> Tensor? { hasSkip ? x[5] : nil }
  private func initial(_ x: [Tensor]) -> Tensor? { hasInitial ? x[x.count - 1] : nil }

  private func operands(_ x: [Tensor]) -> SelectiveScanOperands {
    SelectiveScanOperands(
      u: x[0].floats, delta: x[1].floats, a: x[2].floats, b: x[3].floats, c: x[4].floats, skip: skip(x)?.floats)
  }

  func evaluate(_ x: [Tensor]) -> FusedResult {
    let y = Tensor(x[0].shape, .float32) { _ in }
    let final = Tensor(stateShape, .float32) { _ in }
    let checkpoints = Tensor([wantsGradient ? shape.checkpointCount : 0], .float32) { _ in }
    GodwitKernels.selectiveScan(
      shape, operands(x), initial: initial(x)?.floats, y: y.freshFloats, final: final.freshFloats,
      checkpoints: wantsGradient ? checkpoints.freshFloats : nil)
    return FusedResult([y, final]) { dy, needed in
      let dOutput = dy[0] ?? Tensor(zeros: y.shape)
      let gradients = x.prefix(hasSkip ? 6 : 5).map { Tensor($0.shape, .float32) { _ in } }
      let dInitial = hasInitial && needed[x.count - 1] ? Tensor(stateShape, .float32) { _ in } : nil
      selectiveScanGradient(
        shape, operands(x), checkpoints: checkpoints.floats, dy: dOutput.floats, dFinal: dy[1]?.floats,
        SelectiveScanGradients(
          u: gradients[0].freshFloats, delta: gradients[1].freshFloats, a: gradients[2].freshFloats,
          b: gradients[3].freshFloats, c: gradients[4].freshFloats, skip: hasSkip ? gradients[5].freshFloats : nil,
          initial: dInitial?.freshFloats))
      return withExtendedLifetime((dy, dOutput)) { gradients + (hasInitial ? [dInitial] : []) }
    }
  }

  /// Position by position.
  func reference(_ x: [Tensor]) -> [Tensor] {
    var h = initial(x) ?? Tensor(zeros: stateShape, dtype: x[0].dtype)
    var outputs: [Tensor] = []
    func column(_ x: Tensor) -> Tensor { x.reshaped([shape.batch, shape.width, 1]) }
    func row(_ x: Tensor) -> Tensor { x.reshaped([shape.batch, 1, shape.states]) }
    for t in 0..<shape.length {
      let (u, delta) = (x[0].element(t, along: 1), x[1].element(t, along: 1))
      h = exp(column(delta) * x[2]) * h + column(delta * u) * row(x[3].element(t, along: 1))
      var y = (h * row(x[4].element(t, along: 1))).sum(along: 2)
      if let skip = skip(x) { y = y + skip * u }
      outputs.append(y)
    }
    return [outputs.isEmpty ? x[0] : stack(outputs, along: 1), h]
  }
}
