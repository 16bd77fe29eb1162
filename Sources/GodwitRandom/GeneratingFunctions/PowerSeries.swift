import GodwitKernels
import RealModule

/// The beginning of a power series, a₀ + a₁x + … up to a number of terms; what follows is unknown.
public struct PowerSeries: Sendable, Hashable {
  /// The known coefficients, that of x⁰ first.
  public let coefficients: [Double]

  /// The series that begins with these coefficients.
  public init(_ coefficients: [Double]) { self.coefficients = coefficients }

  /// A polynomial, of which `terms` coefficients are kept.
  ///
  /// - Precondition: the number of terms is not negative.
  public init(_ polynomial: Polynomial, terms: Int) {
    require(terms >= 0, "PowerSeries: \(terms) terms were asked for")
    coefficients = (0..<terms).map { polynomial.coefficient(of: $0) }
  }

  /// How many coefficients are known.
  public var terms: Int { coefficients.count }

  /// The sum of the known terms at x, by Horner's rule.
  public func callAsFunction(_ x: Double) -> Double { coefficients.reversed().reduce(0) { $0 * x + $1 } }

  /// The derivative, of which one term less is known.
  public var derivative: PowerSeries {
    PowerSeries(coefficients.enumerated().dropFirst().map { Double($0.offset) * $0.element })
  }

  /// The sum, as far as both are known.
  public static func + (a: PowerSeries, b: PowerSeries) -> PowerSeries {
    PowerSeries(zip(a.coefficients, b.coefficients).map { $0 + $1 })
  }

  public static func - (a: PowerSeries, b: PowerSeries) -> PowerSeries {
    PowerSeries(zip(a.coefficients, b.coefficients).map { $0 - $1 })
  }

  public static func * (factor: Double, a: PowerSeries) -> PowerSeries {
    PowerSeries(a.coefficients.map { factor * $0 })
  }

  /// The product, as far as both are known.
  ///
  /// - Complexity: O(n log n) in the number of terms.
  public static func * (a: PowerSeries, b: PowerSeries) -> PowerSeries {
    PowerSeries(coefficientProduct(a.coefficients, b.coefficients, limit: min(a.terms, b.terms)))
  }

  /// This series to any real power, −1 and ½ among them, by the recurrence that f g′ = α f′ g gives for g = fᵅ
  /// (Euler 1748; Knuth, "The Art of Computer Programming", volume 2, 4.7, equation 9).
  ///
  /// - Precondition: a₀ is above 0.
  /// - Complexity: O(n m), n terms of which m are not 0.
  public func power(_ exponent: Double) -> PowerSeries {
    guard let first = coefficients.first else { return self }
    require(first > 0, "power: the constant term of a power series is \(first), expected above 0")
    let others = coefficients.indices.dropFirst().filter { coefficients[$0] != 0 }
    var result = [Double.pow(first, exponent)]
    for k in 1..<max(terms, 1) {
      var sum = 0.0
      for j in others.prefix(while: { $0 <= k }) {
        sum += ((exponent + 1) * Double(j) - Double(k)) * coefficients[j] * result[k - j]
      }
      result.append(sum / (Double(k) * first))
    }
    return PowerSeries(result)
  }
}
