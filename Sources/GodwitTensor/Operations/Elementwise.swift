import GodwitKernels

/// A kernel on each element; `derivative` is written with operations and is what a second differentiation uses.
private func unary(
  _ operation: UnaryOperation, _ x: Tensor, derivative: @escaping @Sendable (_ x: Tensor) -> Tensor
) -> Tensor {
  elementwise(x) { x in
    Tensor(x.shape, x.dtype) { GodwitKernels.elementwise(operation, x.dtype, count: x.count, x.pointer, $0) }
  } product: { x, d in
    if x.isTraced || d.isTraced || x.shape != d.shape { return d * derivative(x) }
    return Tensor(x.shape, x.dtype) {
      elementwiseGradient(operation, x.dtype, count: x.count, x.pointer, d.pointer, $0)
    }
  }
}

private func zeros(_ x: Tensor) -> Tensor { Tensor(zeros: x.shape, dtype: x.dtype) }
private func zero(_ x: Tensor) -> Tensor { Tensor(0, dtype: x.dtype) }
private func one(_ x: Tensor) -> Tensor { Tensor(1, dtype: x.dtype) }
private func isPositive(_ x: Tensor) -> Tensor { greater(x, zero(x)) }

/// |x|; the derivative at 0 is 0.
public func abs(_ x: Tensor) -> Tensor { unary(.absolute, x) { sign($0) } }

/// −1, 0 or 1.
public func sign(_ x: Tensor) -> Tensor { unary(.sign, x, derivative: zeros) }

/// x².
public func square(_ x: Tensor) -> Tensor { unary(.square, x) { $0 * 2 } }

/// √x.
public func sqrt(_ x: Tensor) -> Tensor { unary(.squareRoot, x) { rsqrt($0) * 0.5 } }

/// 1 / √x.
public func rsqrt(_ x: Tensor) -> Tensor { unary(.reciprocalSquareRoot, x) { rsqrt($0) / $0 * -0.5 } }

/// 1 / x.
public func reciprocal(_ x: Tensor) -> Tensor { unary(.reciprocal, x) { -square(reciprocal($0)) } }

/// eˣ.
public func exp(_ x: Tensor) -> Tensor { unary(.exp, x) { exp($0) } }

/// eˣ − 1, exact near 0.
public func expm1(_ x: Tensor) -> Tensor { unary(.expMinusOne, x) { exp($0) } }

/// The natural logarithm.
public func log(_ x: Tensor) -> Tensor { unary(.log, x) { reciprocal($0) } }

/// log(1 + x), exact near 0.
public func log1p(_ x: Tensor) -> Tensor { unary(.logOnePlus, x) { reciprocal($0 + 1) } }

/// The sine of an angle in radians.
public func sin(_ x: Tensor) -> Tensor { unary(.sin, x) { cos($0) } }

/// The cosine of an angle in radians.
public func cos(_ x: Tensor) -> Tensor { unary(.cos, x) { -sin($0) } }

/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { unary(.tanh, x) { 1 - square(tanh($0)) } }

/// 1 / (1 + e⁻ˣ).
public func sigmoid(_ x: Tensor) -> Tensor { unary(.sigmoid, x) { sigmoid($0) * sigmoid(-$0) } }

/// log(1 / (1 + e⁻ˣ)), without overflow.
public func logSigmoid(_ x: Tensor) -> Tensor { unary(.logSigmoid, x) { sigmoid(-$0) } }

/// The error function (2/√π) ∫₀ˣ e^(−t²) dt.
public func erf(_ x: Tensor) -> Tensor { unary(.erf, x) { exp(-square($0)) * 1.1283791670955126 } }

/// log(1 + eˣ), without overflow.
public func softplus(_ x: Tensor) -> Tensor { unary(.softplus, x) { sigmoid($0) } }

/// x · sigmoid(x); also called swish.
public func silu(_ x: Tensor) -> Tensor {
  unary(.silu, x) {
    let s = sigmoid($0)
    return s * (1 + $0 * (1 - s))
  }
}

/// x Φ(x) with the normal distribution function Φ (Hendrycks and Gimpel 2016).
public func gelu(_ x: Tensor) -> Tensor {
  unary(.gelu, x) { x in
    (erf(x * 0.7071067811865476) + 1) * 0.5 + x * exp(square(x) * -0.5) * 0.3989422804014327
  }
}

/// The tanh approximation of `gelu`: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
public func geluTanh(_ x: Tensor) -> Tensor {
  unary(.geluTanh, x) { x in
    let scale = 0.7978845608028654
    let t = tanh((x + x * square(x) * 0.044715) * scale)
    return (t + 1) * 0.5 + x * (1 - square(t)) * (square(x) * (3 * 0.044715) + 1) * (0.5 * scale)
  }
}

/// max(x, 0); the derivative at 0 is 0.
public func relu(_ x: Tensor) -> Tensor { unary(.relu, x, derivative: isPositive) }

/// max(x, 0)² (So et al. 2021; also in GAU and RWKV).
public func reluSquared(_ x: Tensor) -> Tensor { unary(.reluSquared, x) { relu($0) * 2 } }

/// x where x > 0, else eˣ − 1 (Clevert et al. 2016).
public func elu(_ x: Tensor) -> Tensor { unary(.elu, x) { exp(minimum($0, zero($0))) } }

/// elu(x) + 1: x + 1 where x > 0, else eˣ; the feature map of Katharopoulos et al. 2020.
public func eluPlusOne(_ x: Tensor) -> Tensor { unary(.eluPlusOne, x) { exp(minimum($0, zero($0))) } }

/// The greatest whole number not above x.
public func floor(_ x: Tensor) -> Tensor { unary(.floor, x, derivative: zeros) }

/// The least whole number not below x.
public func ceil(_ x: Tensor) -> Tensor { unary(.ceil, x, derivative: zeros) }

/// The nearest whole number, halves away from zero.
public func round(_ x: Tensor) -> Tensor { unary(.round, x, derivative: zeros) }
