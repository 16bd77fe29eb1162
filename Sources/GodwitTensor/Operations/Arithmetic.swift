import GodwitKernels

extension Tensor {
  /// Elementwise, after broadcasting the shapes.
  package static func evaluate(_ operation: BinaryOperation, _ a: Tensor, _ b: Tensor, _ name: StaticString) -> Tensor {
    require(a.dtype == b.dtype, "\(name): \(a.dtype) and \(b.dtype) differ")
    if a.shape == b.shape {
      return Tensor(a.shape, a.dtype) {
        GodwitKernels.elementwise(operation, a.dtype, count: a.count, a.pointer, b.pointer, $0)
      }
    }
    let shape = Shape.broadcast(a.shape, b.shape, of: name)
    return Tensor(shape, a.dtype) {
      GodwitKernels.elementwise(
        operation, a.dtype, shape: Array(shape), a.pointer, aStrides: a.shape.broadcastStrides(to: shape), b.pointer,
        bStrides: b.shape.broadcastStrides(to: shape), $0)
    }
  }

  /// scale · x + offset.
  package func affine(scale: Double, offset: Double) -> Tensor {
    linear(self) { x in
      Tensor(x.shape, x.dtype) {
        GodwitKernels.affine(x.dtype, count: x.count, scale: scale, offset: offset, x.pointer, $0)
      }
    } tangent: {
      $0.scaled(by: scale)
    } transpose: {
      $0.scaled(by: scale)
    }
  }

  /// The elements times a factor.
  package func scaled(by factor: Double) -> Tensor { factor == 1 ? self : affine(scale: factor, offset: 0) }

  /// Adds a tensor of the same shape in place.
  ///
  /// - Precondition: neither tensor is being differentiated; shapes and element types are equal.
  package mutating func add(_ other: Tensor, scale: Double = 1) {
    require(
      shape == other.shape && dtype == other.dtype, "add: \(shape) \(dtype) and \(other.shape) \(other.dtype) differ")
    let (type, count) = (dtype, count)
    withMutablePointer { scaleAdd(type, count: count, scale: scale, other.pointer, $0) }
  }

  /// The sum, element by element; shapes broadcast.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    weightedSum(a, b, factor: 1) { evaluate(.add, $0, $1, "+") }
  }

  /// The difference, element by element; shapes broadcast.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    weightedSum(a, b, factor: -1) { evaluate(.subtract, $0, $1, "-") }
  }

  /// The product, element by element; shapes broadcast.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    binary(a, b, readingA: .b, readingB: .a) {
      evaluate(.multiply, $0, $1, "*")
    } productA: { _, b, d in
      d * b
    } productB: { a, _, d in
      d * a
    }
  }

  /// The quotient, element by element; shapes broadcast.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    binary(a, b, readingA: .b) {
      evaluate(.divide, $0, $1, "/")
    } productA: { _, b, d in
      d / b
    } productB: { a, b, d in
      -(d / b * (a / b))  // b² may be beyond the range of the type
    }
  }

  /// The elements with the other sign.
  public static prefix func - (a: Tensor) -> Tensor { a.affine(scale: -1, offset: 0) }

  /// The sum of each element and a number.
  public static func + (a: Tensor, b: Double) -> Tensor { a.affine(scale: 1, offset: b) }
  /// The sum of a number and each element.
  public static func + (a: Double, b: Tensor) -> Tensor { b.affine(scale: 1, offset: a) }
  /// The difference of each element and a number.
  public static func - (a: Tensor, b: Double) -> Tensor { a.affine(scale: 1, offset: -b) }
  /// The difference of a number and each element.
  public static func - (a: Double, b: Tensor) -> Tensor { b.affine(scale: -1, offset: a) }
  /// The product of each element and a number.
  public static func * (a: Tensor, b: Double) -> Tensor { a.affine(scale: b, offset: 0) }
  /// The product of a number and each element.
  public static func * (a: Double, b: Tensor) -> Tensor { b.affine(scale: a, offset: 0) }

  /// The quotient of each element and a number, rounded once.
  public static func / (a: Tensor, b: Double) -> Tensor {
    linear(a) {
      evaluate(.divide, $0, Tensor(b, dtype: $0.dtype), "/")
    } transpose: {
      $0 / b
    }
  }

  /// The quotient of a number and each element, rounded once.
  public static func / (a: Double, b: Tensor) -> Tensor { Tensor(a, dtype: b.dtype) / b }

  /// Adds a tensor whose shape broadcasts to this one's.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  /// Subtracts a tensor whose shape broadcasts to this one's.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  /// Multiplies by a tensor whose shape broadcasts to this one's.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
  /// Divides by a tensor whose shape broadcasts to this one's.
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }
}

/// `base` to the power `exponent`, element by element; shapes broadcast.
///
/// The derivative by the exponent is taken as 0 where the base is 0; it is NaN where the base is negative.
public func pow(_ base: Tensor, _ exponent: Tensor) -> Tensor {
  binary(base, exponent) {
    Tensor.evaluate(.power, $0, $1, "pow")
  } productA: { a, b, d in
    // 0⁰ has the slope 0, not 0 · 0⁻¹.
    let isZero = equal(a, Tensor(0, dtype: a.dtype)) * equal(b, Tensor(0, dtype: a.dtype))
    return d * b * pow(select(isZero, Tensor(1, dtype: a.dtype), a), b - 1)
  } productB: { a, b, d in
    let isZero = equal(a, Tensor(0, dtype: a.dtype))
    return d * pow(a, b) * select(isZero, Tensor(0, dtype: a.dtype), log(select(isZero, Tensor(1, dtype: a.dtype), a)))
  }
}

/// `base` to a constant power, element by element; 1 everywhere if the exponent is 0.
public func pow(_ base: Tensor, _ exponent: Double) -> Tensor {
  if exponent == 0 { return Tensor(ones: base.shape, dtype: base.dtype) }
  if exponent == 1 { return base }
  if exponent == 2 { return square(base) }
  return elementwise(base) {
    Tensor.evaluate(.power, $0, Tensor(exponent, dtype: $0.dtype), "pow")
  } product: { x, d in
    d * (pow(x, exponent - 1) * exponent)
  }
}

/// The greater of two, element by element; where they are equal each has half the derivative. Shapes broadcast.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
  binary(a, b) {
    Tensor.evaluate(.maximum, $0, $1, "maximum")
  } productA: { a, b, d in
    d * preference(greater(a, b), equal(a, b))
  } productB: { a, b, d in
    d * preference(less(a, b), equal(a, b))
  }
}

/// The lesser of two, element by element; where they are equal each has half the derivative. Shapes broadcast.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
  binary(a, b) {
    Tensor.evaluate(.minimum, $0, $1, "minimum")
  } productA: { a, b, d in
    d * preference(less(a, b), equal(a, b))
  } productB: { a, b, d in
    d * preference(greater(a, b), equal(a, b))
  }
}

private func preference(_ chosen: Tensor, _ tied: Tensor) -> Tensor { chosen + tied * 0.5 }
