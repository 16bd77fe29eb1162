import GodwitKernels

/// A polynomial a₀ + a₁x + … + aₙxⁿ.
public struct Polynomial: Sendable, Hashable {
  /// a₀, a₁ and so on; the last is not 0, and the zero polynomial has none.
  public let coefficients: [Double]

  /// The polynomial of these coefficients, that of x⁰ first.
  public init(_ coefficients: [Double]) {
    let end = coefficients.lastIndex { $0 != 0 } ?? -1
    self.coefficients = Array(coefficients[...end])
  }

  /// The greatest exponent; −1 for the zero polynomial.
  public var degree: Int { coefficients.count - 1 }

  /// The coefficient of x^`exponent`, 0 beyond the degree.
  public func coefficient(of exponent: Int) -> Double {
    coefficients.indices.contains(exponent) ? coefficients[exponent] : 0
  }

  /// The value at x, by Horner's rule.
  public func callAsFunction(_ x: Double) -> Double { coefficients.reversed().reduce(0) { $0 * x + $1 } }

  public var derivative: Polynomial {
    Polynomial(coefficients.enumerated().dropFirst().map { Double($0.offset) * $0.element })
  }

  public static func + (a: Polynomial, b: Polynomial) -> Polynomial {
    Polynomial(
      (0..<max(a.coefficients.count, b.coefficients.count)).map { a.coefficient(of: $0) + b.coefficient(of: $0) })
  }

  public static func - (a: Polynomial, b: Polynomial) -> Polynomial { a + -1 * b }

  public static func * (factor: Double, a: Polynomial) -> Polynomial { Polynomial(a.coefficients.map { factor * $0 }) }

  /// The product, by Fourier transforms where both factors are long: the error of a coefficient is then relative to the
  /// greatest coefficients.
  ///
  /// - Complexity: O(n log n) in the degree of the product.
  public static func * (a: Polynomial, b: Polynomial) -> Polynomial {
    Polynomial(coefficientProduct(a.coefficients, b.coefficients))
  }

  /// This polynomial to the power of `exponent`, by repeated squaring.
  ///
  /// - Precondition: the exponent is not negative.
  /// - Complexity: O(n log n) in the degree of the power.
  public func power(_ exponent: Int) -> Polynomial {
    require(exponent >= 0, "power: the exponent of a polynomial is \(exponent), expected 0 or more")
    var result = Polynomial([1])
    for bit in (0..<Int.bitWidth - exponent.leadingZeroBitCount).reversed() {
      result = result * result
      if exponent >> bit & 1 == 1 { result = result * self }
    }
    return result
  }
}
