import RealModule

/// Gauss and Legendre's quadrature with 48 nodes: exact for polynomials up to degree 95.
package enum GaussLegendre {
  /// Places in [0, 1] and their weights.
  package static let nodes: [(place: Double, weight: Double)] = {
    let count = 48
    return (1...count).map { index in
      // Newton's method on the Legendre polynomial, whose three-term recurrence gives its derivative too.
      var x = Double.cos(.pi * (Double(index) - 0.25) / (Double(count) + 0.5))
      var slope = 0.0
      for _ in 0..<6 {
        var (previous, value) = (1.0, x)
        for n in 2...count {
          let n = Double(n)
          (previous, value) = (value, ((2 * n - 1) * x * value - (n - 1) * previous) / n)
        }
        slope = Double(count) * (x * value - previous) / (x * x - 1)
        x -= value / slope
      }
      return (0.5 * (1 + x), 1 / ((1 - x * x) * slope * slope))
    }
  }()

  /// The integral of a smooth function over [0, 1].
  package static func integral(_ function: (Double) -> Double) -> Double {
    var sum = 0.0
    for (place, weight) in nodes { sum += weight * function(place) }
    return sum
  }

  /// ∫ exp(−E(s)) ds over s > 0, for a smooth convex E that begins as slope · s + curvature · s² / 2 with a slope that is
  /// not negative and is about a parabola, or about straight, until it is 40.
  static func tail(slope: Double, curvature: Double, _ exponent: (Double) -> Double) -> Double {
    let depth = 38.0
    // The square of a very steep slope overflows; what is curved is nothing to it.
    let steepness = slope > 1e150 ? slope : (slope * slope + 2 * depth * curvature).squareRoot()
    var end = depth / (slope / 2 + steepness / 2)
    while exponent(end) < depth { end *= 1.2 }
    return end * integral { .exp(-exponent(end * $0)) }
  }
}
