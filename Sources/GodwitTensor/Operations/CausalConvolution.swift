import GodwitKernels

/// y[t] = f(bias + Σ weight[k] ⊙ x[t − K + 1 + k]) over k < K: a causal convolution of each channel by itself, f the identity or
/// x sigmoid(x).
///
/// - Parameters:
///   - x: [B, T, D].
///   - weight: [K, D], the factor of the position itself last.
///   - bias: [D]; none if nil.
///   - before: the K − 1 positions before the first, [B, K − 1, D]; zeros if nil.
///   - silu: whether the sums go through x sigmoid(x).
/// - Returns: y [B, T, D].
/// - Precondition: K > 0; the shapes agree.
/// - Complexity: 2 B T D K operations in one pass over the memory.
public func causalConvolution(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, before: Tensor? = nil, silu: Bool = false
) -> Tensor {
  let rule = CausalConvolutionRule(x, weight, bias, before, silu: silu)
  return fused("causalConvolution", [x, weight] + [bias, before].compactMap { $0 }) {
    rule.evaluate($0)
  } reference: {
    [rule.reference($0)]
  }[0]
}

private struct CausalConvolutionRule: Sendable {
  let shape: ConvolutionShape
  let hasBias, hasBefore: Bool

  private var beforeShape: Shape { [shape.batch, shape.taps - 1, shape.width] }

  init(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ before: Tensor?, silu: Bool) {
    require(
      x.rank == 3 && weight.rank == 2 && weight.shape[0] > 0 && weight.shape[1] == x.shape[2],
      "causalConvolution: x \(x.shape), weight \(weight.shape); expected [B, T, D] and [K, D] with K > 0")
    shape = ConvolutionShape(
      batch: x.shape[0], length: x.shape[1], width: x.shape[2], taps: weight.shape[0], silu: silu)
    (hasBias, hasBefore) = (bias != nil, before != nil)
    require(
      bias == nil || bias?.shape == [shape.width],
      "causalConvolution: bias \(bias?.shape ?? []); expected [\(shape.width)]")
    require(
      before == nil || before?.shape == beforeShape,
      "causalConvolution: positions before \(before?.shape ?? []); expected \(beforeShape)")
  }

  private func bias(_ x: [Tensor]) -> Tensor? { hasBias ? x[2] : nil }
  private func before(_ x: [Tensor]) -> Tensor? { hasBefore ? x[x.count - 1] : nil }

  private func operands(_ x: [Tensor]) -> ConvolutionOperands {
    ConvolutionOperands(x: x[0].floats, weight: x[1].floats, bias: bias(x)?.floats, before: before(x)?.floats)
  }

  func evaluate(_ x: [Tensor]) -> FusedResult {
    let y = Tensor(x[0].shape, .float32) { _ in }
    GodwitKernels.causalConvolution(shape, operands(x), y: y.freshFloats)
    return FusedResult([y]) { dy, needed in
      guard let dOutput = dy[0] else { return x.map { _ in nil } }
      let gradients = x.prefix(hasBias ? 3 : 2).map { Tensor($0.shape, .float32) { _ in } }
      let dBefore = hasBefore && needed[x.count - 1] ? Tensor(beforeShape, .float32) { _ in } : nil
      causalConvolutionGradient(
        shape, operands(x), dy: dOutput.floats, dx: gradients[0].freshFloats, dWeight: gradients[1].freshFloats,
        dBias: hasBias ? gradients[2].freshFloats : nil, dBefore: dBefore?.freshFloats)
      return gradients + (hasBefore ? [dBefore] : [])
    }
  }

  /// A sum of shifted copies.
  func reference(_ x: [Tensor]) -> Tensor {
    let zeros = Tensor(zeros: beforeShape, dtype: x[0].dtype)
    let all = concatenate([before(x) ?? zeros, x[0]], along: 1)
    var sum = bias(x) ?? Tensor(0, dtype: x[0].dtype)
    for tap in 0..<shape.taps {
      sum = sum + all.slice(tap..<tap + shape.length, along: 1) * x[1].element(tap, along: 0)
    }
    return shape.silu ? GodwitTensor.silu(sum) : sum
  }
}
