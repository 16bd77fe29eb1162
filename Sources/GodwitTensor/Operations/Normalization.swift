import GodwitKernels

/// (x − mean) / √(variance + ε) · scale + shift over the last axis (Ba, Kiros and Hinton 2016).
///
/// - Parameters:
///   - x: [..., N].
///   - scale: [N].
///   - shift: [N].
///   - epsilon: ε, which keeps the divisor from 0.
/// - Returns: [..., N].
/// - Precondition: scale and shift have the extent of the last axis.
/// - Complexity: O(1) for each element.
public func layerNorm(_ x: Tensor, scale: Tensor, shift: Tensor, epsilon: Double = 1e-5) -> Tensor {
  let (rows, n) = x.rowsAndWidth("layerNorm")
  require(
    scale.shape == [n] && shift.shape == [n],
    "layerNorm: x of shape \(x.shape), scale of shape \(scale.shape), shift of shape \(shift.shape)")
  return fused("layerNorm", [x, scale, shift]) { inputs in
    let (x, scale) = (inputs[0], inputs[1])
    let mean = Tensor([rows], .float32) { _ in }
    let inverse = Tensor([rows], .float32) { _ in }
    let y = Tensor(x.shape, .float32) { _ in }
    GodwitKernels.layerNorm(
      rows: rows, n: n, epsilon: Float(epsilon), x.floats, scale: scale.floats, shift: inputs[2].floats, y.freshFloats,
      mean: mean.freshFloats, inverse: inverse.freshFloats)
    return FusedResult([y]) { dy, _ in
      guard let dy = dy[0] else { return [nil, nil, nil] }
      let dx = Tensor(x.shape, .float32) { _ in }
      let dScale = Tensor([n], .float32) { _ in }
      let dShift = Tensor([n], .float32) { _ in }
      layerNormGradient(
        rows: rows, n: n, x.floats, scale: scale.floats, mean: mean.floats, inverse: inverse.floats, dy: dy.floats,
        dx: dx.freshFloats, dScale: dScale.freshFloats, dShift: dShift.freshFloats)
      return [dx, dScale, dShift]
    }
  } reference: { inputs in
    let centred = inputs[0] - inputs[0].mean(along: -1, keepingAxis: true)
    let inverse = rsqrt(square(centred).mean(along: -1, keepingAxis: true) + epsilon)
    return [centred * inverse * inputs[1] + inputs[2]]
  }[0]
}

/// x / √(mean(x²) + ε) · scale over the last axis (Zhang and Sennrich 2019).
///
/// - Parameters:
///   - x: [..., N].
///   - scale: [N].
///   - epsilon: ε, which keeps the divisor from 0.
/// - Returns: [..., N].
/// - Precondition: scale has the extent of the last axis.
/// - Complexity: O(1) for each element.
public func rmsNorm(_ x: Tensor, scale: Tensor, epsilon: Double = 1e-6) -> Tensor {
  let (rows, n) = x.rowsAndWidth("rmsNorm")
  require(scale.shape == [n], "rmsNorm: x of shape \(x.shape), scale of shape \(scale.shape)")
  return fused("rmsNorm", [x, scale]) { inputs in
    let (x, scale) = (inputs[0], inputs[1])
    let inverse = Tensor([rows], .float32) { _ in }
    let y = Tensor(x.shape, .float32) { _ in }
    GodwitKernels.rmsNorm(
      rows: rows, n: n, epsilon: Float(epsilon), x.floats, scale: scale.floats, y.freshFloats,
      inverse: inverse.freshFloats)
    return FusedResult([y]) { dy, _ in
      guard let dy = dy[0] else { return [nil, nil] }
      let dx = Tensor(x.shape, .float32) { _ in }
      let dScale = Tensor([n], .float32) { _ in }
      rmsNormGradient(
        rows: rows, n: n, x.floats, scale: scale.floats, inverse: inverse.floats, dy: dy.floats, dx: dx.freshFloats,
        dScale: dScale.freshFloats)
      return [dx, dScale]
    }
  } reference: { inputs in
    let inverse = rsqrt(square(inputs[0]).mean(along: -1, keepingAxis: true) + epsilon)
    return [inputs[0] * inverse * inputs[1]]
  }[0]
}
