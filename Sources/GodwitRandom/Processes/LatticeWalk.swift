import GodwitKernels
import RealModule

/// The simple symmetric walk on the points of d whole coordinates: each step goes one up or down along one of the d axes, all
/// 2d with the same probability.
///
/// How many of the n steps go along which axis is multinomial, and along an axis they are a fair `RandomWalk`; along the two
/// diagonals of a plane the walk makes two independent fair steps at once. So the law of d axes is a mixture of laws of fewer, in
/// which all terms are positive. Pólya 1921, "Über eine Aufgabe der Wahrscheinlichkeitsrechnung betreffend die Irrfahrt im
/// Straßennetz"; Feller 1968, "An Introduction to Probability Theory and Its Applications" I, section XIV.7.
public struct LatticeWalk: Sendable, Hashable {
  /// d.
  public let dimensions: Int

  /// - Throws: `ParameterError` unless there are 1 to 10⁶ dimensions.
  public init(dimensions: Int) throws(ParameterError) {
    try ParameterError.check(
      dimensions >= 1 && dimensions <= 1_000_000, Self.self, "dimensions", dimensions, "1 to 1000000")
    self.dimensions = dimensions
  }

  // MARK: The place after n steps

  /// The probability of being at `place` after `steps` steps.
  ///
  /// - Precondition: the place has as many coordinates as there are dimensions, the number of steps is not negative.
  /// - Complexity: O(1) in one and two dimensions, O(n) in three and four, else O(d n²) at most.
  public func probability(at place: [Int], after steps: Int) -> Double {
    requireUsable(place, steps)
    return mixture(at: place, upTo: steps).probability(after: steps)
  }

  /// What the central limit theorem says of `probability(at:after:)`: 2 (d / 2πn)^(d/2) exp(−d |place|² / 2n), or 0 where the
  /// walk is at odd or at even steps only.
  ///
  /// - Precondition: the place has as many coordinates as there are dimensions, there is a step.
  public func gaussianProbability(at place: [Int], after steps: Int) -> Double {
    requireUsable(place, steps)
    require(steps > 0, "LatticeWalk: there is no normal limit of 0 steps")
    let parity = place.reduce(steps) { $0 ^ $1 } & 1
    if parity != 0 { return 0 }
    let (d, n) = (Double(dimensions), Double(steps))
    let square = place.reduce(0) { $0 + Double($1) * Double($1) }
    return 2 * .exp(d / 2 * .log(d / (2 * .pi * n)) - d * square / (2 * n))
  }

  /// E |S|² = n, in any number of dimensions.
  public func meanSquaredDistance(after steps: Int) -> Double { Double(steps) }

  /// The law at a place, by the times up to `steps`, as a mixture that is taken only where it is asked for.
  func mixture(at place: [Int], upTo steps: Int) -> LatticeMixture {
    var mixture = LatticeMixture(first: Array(place.prefix(dimensions % 2 == 0 ? 2 : 1)))
    for axis in stride(from: mixture.dimensions, to: dimensions, by: 2) {
      mixture = LatticeMixture(of: mixture, with: Array(place[axis..<axis + 2]), upTo: steps)
    }
    return mixture
  }

  func requireUsable(_ place: [Int], _ steps: Int) {
    require(
      place.count == dimensions,
      "LatticeWalk: a place of \(place.count) coordinates was given, expected \(dimensions)")
    require(steps >= 0, "LatticeWalk: the number of steps is \(steps), expected 0 or more")
  }
}
