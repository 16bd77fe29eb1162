import GodwitKernels

/// A complex tensor as its two real parts; the gradient of one is the pair of derivatives by these parts.
public struct ComplexTensor: Module {
  /// The real parts.
  public var real: Tensor
  /// The imaginary parts, of the same shape.
  public var imaginary: Tensor

  /// The tensor with these parts.
  public init(real: Tensor, imaginary: Tensor) {
    self.real = real
    self.imaginary = imaginary
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("real", &real)
    visitor.visit("imaginary", &imaginary)
  }
}

/// h[t] = a[t] ⊙ h[t − 1] + b[t] with complex numbers.
///
/// - Parameters:
///   - a: [N], [T, N], [B, 1, N] or [B, T, N]; an axis that is missing or 1 is shared.
///   - b: [B, T, N].
///   - initial: h before the first position, [B, N]; zero if nil.
/// - Returns: h [B, T, N]; the final state is its last position.
/// - Precondition: the shapes agree, also those of real and imaginary parts.
/// - Complexity: 8 B T N operations in one pass over the memory.
public func diagonalRecurrence(_ a: ComplexTensor, _ b: ComplexTensor, initial: ComplexTensor? = nil) -> ComplexTensor {
  let sizes = DiagonalSizes(a.real, b.real, initial?.real, "diagonalRecurrence")
  require(
    a.real.shape == a.imaginary.shape && b.real.shape == b.imaginary.shape
      && initial?.real.shape == initial?.imaginary.shape,
    "diagonalRecurrence: imaginary parts of shapes \(a.imaginary.shape), \(b.imaginary.shape) for \(a.real.shape), \(b.real.shape)"
  )
  let inputs = a.tensors + b.tensors + (initial?.tensors ?? [])
  let h = fused("diagonalRecurrence", inputs) {
    sizes.evaluateComplex($0)
  } reference: { x in
    var real: [Tensor] = []
    var imaginary: [Tensor] = []
    var (re, im) = x.count > 4 ? (x[4], x[5]) : (Tensor(0, dtype: x[0].dtype), Tensor(0, dtype: x[0].dtype))
    let (aRe, aIm) = (sizes.coefficients(x[0]), sizes.coefficients(x[1]))
    let (bRe, bIm) = (x[2].unstacked(along: 1), x[3].unstacked(along: 1))
    for t in 0..<sizes.length {
      (re, im) = (aRe[t] * re - aIm[t] * im + bRe[t], aRe[t] * im + aIm[t] * re + bIm[t])
      real.append(re)
      imaginary.append(im)
    }
    return real.isEmpty ? [x[2], x[3]] : [stack(real, along: 1), stack(imaginary, along: 1)]
  }
  return ComplexTensor(real: h[0], imaginary: h[1])
}

extension DiagonalSizes {
  func evaluateComplex(_ x: [Tensor]) -> FusedResult {
    func pair(_ index: Int) -> ComplexFloats { ComplexFloats(real: x[index].floats, imaginary: x[index + 1].floats) }
    let hasInitial = x.count > 4
    let h = [Tensor(x[2].shape, .float32) { _ in }, Tensor(x[2].shape, .float32) { _ in }]
    complexDiagonalRecurrence(
      batch: batch, length: length, width: width, a: pair(0), aStrides: strides, b: pair(2),
      h: MutableComplexFloats(real: h[0].freshFloats, imaginary: h[1].freshFloats), initial: hasInitial ? pair(4) : nil)
    return FusedResult(h) { dy, _ in
      let dh = dy.map { $0 ?? Tensor(zeros: x[2].shape) }
      let gradients = x.map { Tensor($0.shape, .float32) { _ in } }
      func pair(_ x: [Tensor], _ index: Int) -> ComplexFloats {
        ComplexFloats(real: x[index].floats, imaginary: x[index + 1].floats)
      }
      func fresh(_ index: Int) -> MutableComplexFloats {
        MutableComplexFloats(real: gradients[index].freshFloats, imaginary: gradients[index + 1].freshFloats)
      }
      complexDiagonalRecurrenceGradient(
        batch: batch, length: length, width: width, a: pair(x, 0), aStrides: strides, h: pair(h, 0),
        initial: hasInitial ? pair(x, 4) : nil, dh: pair(dh, 0), da: fresh(0), db: fresh(2),
        dInitial: hasInitial ? fresh(4) : nil)
      return withExtendedLifetime(dh) { gradients }
    }
  }
}
