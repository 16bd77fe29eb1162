import GodwitKernels

/// The law of a bounded number N ≥ 0 as the polynomial G(x) = E xᴺ = Σ P(N = k) xᵏ: sums of independent numbers are products.
public struct ProbabilityGeneratingFunction: Sendable, Hashable {
  public let polynomial: Polynomial

  /// The law of these probabilities, that of 0 first.
  ///
  /// - Throws: `ParameterError` unless they are from 0 to 1, and their sum is 1 to ten digits.
  public init(_ probabilities: [Double]) throws(ParameterError) {
    for probability in probabilities {
      try ParameterError.check(
        probability >= 0 && probability <= 1, Self.self, "probabilities", probability, "0 to 1 each")
    }
    let total = compensatedSum(probabilities)
    try ParameterError.check(abs(total - 1) <= 1e-10, Self.self, "the sum of the probabilities", total, "1")
    polynomial = Polynomial(probabilities)
  }

  private init(_ polynomial: Polynomial) { self.polynomial = polynomial }

  /// P(N = value).
  public func probability(of value: Int) -> Double { polynomial.coefficient(of: value) }

  /// G(x).
  public func callAsFunction(_ x: Double) -> Double { polynomial(x) }

  /// E N(N − 1)⋯(N − order + 1), the derivative of that order at 1.
  ///
  /// - Precondition: the order is not negative.
  public func factorialMoment(_ order: Int) -> Double {
    require(order >= 0, "factorialMoment: the order is \(order), expected 0 or more")
    var derivative = polynomial
    for _ in 0..<min(order, polynomial.degree + 1) { derivative = derivative.derivative }
    return compensatedSum(derivative.coefficients)
  }

  /// G′(1).
  public var mean: Double { factorialMoment(1) }

  /// G″(1) + G′(1) − G′(1)², summed about the mean, where those three would cancel.
  public var variance: Double {
    let center = mean
    return compensatedSum(
      polynomial.coefficients.enumerated().lazy.map {
        (Double($0.offset) - center) * (Double($0.offset) - center) * $0.element
      })
  }

  /// The law of the sum of two independent numbers.
  public func convolved(with other: ProbabilityGeneratingFunction) -> ProbabilityGeneratingFunction {
    ProbabilityGeneratingFunction(normalizing: polynomial * other.polynomial)
  }

  /// The law of the sum of `count` independent numbers of this law.
  ///
  /// - Precondition: the count is not negative.
  public func convolved(times count: Int) -> ProbabilityGeneratingFunction {
    ProbabilityGeneratingFunction(normalizing: polynomial.power(count))
  }

  /// Takes what roundings did to the total, which repeated squaring doubles each time, and to coefficients that are 0.
  private init(normalizing polynomial: Polynomial) {
    let masses = polynomial.coefficients.map { max($0, 0) }
    let total = compensatedSum(masses)
    self.init(Polynomial(masses.map { $0 / total }))
  }
}
