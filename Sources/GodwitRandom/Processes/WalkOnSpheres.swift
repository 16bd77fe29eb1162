import GodwitKernels
import RealModule

/// Dirichlet's problem in d dimensions, solved at single places by Brownian motion that goes from sphere to sphere:
///
///     u(x) = g(x) on the boundary of a domain,   ½Δu(x) = −f(x) inside
///
/// The motion leaves the greatest ball about its place that is in the domain at a uniform place of the sphere, so it goes there
/// at once, until it is within ε of the boundary (Muller 1956, "Some continuous Monte Carlo methods for the Dirichlet problem").
/// u(x) is the mean of g where it ends, and of the integral of f along the way. No grid is needed, and the number of spheres grows
/// only as ln(1/ε) in a convex domain.
public struct WalkOnSpheres: Sendable {
  /// A number for each place.
  public typealias Field = @Sendable (_ place: [Double]) -> Double

  /// d.
  public let dimensions: Int
  /// ε.
  public let tolerance: Double
  let distance: Field
  let boundary: Field
  let source: Field?

  /// - Parameters:
  ///   - tolerance: ε, which gives u an error of about ε times its slope at the boundary.
  ///   - distance: how far it is from a place to the boundary, or less; below 0 outside of the domain.
  ///   - boundary: g at the place of the boundary next to a place that is within ε of it.
  ///   - source: f; 0 if left out. With 1 and g = 0 the solution is the mean time until the motion leaves.
  /// - Throws: `ParameterError` unless there is a dimension or more, and the tolerance is above 0 and finite.
  public init(
    dimensions: Int, tolerance: Double, distance: @escaping Field, boundary: @escaping Field, source: Field? = nil
  ) throws(ParameterError) {
    try ParameterError.check(dimensions >= 1, Self.self, "dimensions", dimensions, "1 or more")
    try ParameterError.check(
      tolerance > 0 && tolerance.isFinite, Self.self, "tolerance", tolerance, "above 0 and finite")
    (self.dimensions, self.tolerance) = (dimensions, tolerance)
    (self.distance, self.boundary, self.source) = (distance, boundary, source)
  }

  /// u at a place, by a number of walks from there, and the mean time until Brownian motion leaves the domain.
  ///
  /// The estimate depends on the state of the generator only, not on the number of threads.
  ///
  /// - Parameter sphereLimit: how many spheres a walk may have; hundreds are many where the domain is bounded.
  /// - Precondition: the place has as many coordinates as there are dimensions, neither number is negative.
  /// - Complexity: O(d · walks · spheres); the error falls as 1 / √walks, in any number of dimensions.
  public func estimate(
    at place: [Double], walks: Int, sphereLimit: Int = 1_000_000, using generator: inout some RandomNumberGenerator
  ) -> ExitEstimate {
    require(
      place.count == dimensions,
      "WalkOnSpheres: a place of \(place.count) coordinates was given, expected \(dimensions)")
    require(sphereLimit >= 0, "WalkOnSpheres: the limit of spheres is \(sphereLimit), expected 0 or more")
    return ExitEstimate(
      walkers(walks, using: &generator) { (words: inout BufferedWords) -> (value: Double, time: Double)? in
        exit(from: place, sphereLimit, using: &words)
      })
  }

  private func exit(
    from start: [Double], _ sphereLimit: Int, using words: inout BufferedWords
  ) -> (value: Double, time: Double)? {
    var (place, gathered, time) = (start, 0.0, 0.0)
    var direction = [Double](repeating: 0, count: dimensions)
    for _ in 0...sphereLimit {
      let radius = distance(place)
      if !(radius >= tolerance) { return (gathered + boundary(place), time) }
      setUniform(&direction, using: &words)
      // The mean time in the ball, which is also the integral of Green's function.
      let stay = radius * radius / Double(dimensions)
      if let source {
        // On the way to the sphere: that the directions are the same does not matter to the mean.
        let part = radius * greenRadius(using: &words)
        gathered += stay * source(zip(place, direction).map { $0 + part * $1 })
      }
      for axis in 0..<dimensions { place[axis] += radius * direction[axis] }
      time += stay
    }
    return nil
  }

  /// A direction of which all are equally likely: independent normal coordinates have no other preference (Muller 1959), and
  /// they come in pairs, by Box and Muller's method.
  private func setUniform(_ direction: inout [Double], using words: inout BufferedWords) {
    var square: Double
    repeat {
      square = 0
      for axis in stride(from: 0, to: dimensions, by: 2) {
        let radius = (-2 * Double.log(words.openUniform())).squareRoot()
        let angle = 2 * .pi * words.openUniform()
        direction[axis] = radius * .cos(angle)
        square += direction[axis] * direction[axis]
        if axis + 1 < dimensions {
          direction[axis + 1] = radius * .sin(angle)
          square += direction[axis + 1] * direction[axis + 1]
        }
      }
    } while square == 0
    let scale = 1 / square.squareRoot()
    for axis in 0..<dimensions { direction[axis] *= scale }
  }

  /// How far from its centre the motion in a unit ball is, at a time taken uniformly from its stay.
  ///
  /// Green's function there has the radial density s − sᵈ⁻¹ up to a factor, s ln(1/s) in the plane; √U V^(1/d) of two uniform
  /// numbers has it in any number of dimensions.
  private func greenRadius(using words: inout BufferedWords) -> Double {
    words.openUniform().squareRoot() * .pow(words.openUniform(), 1 / Double(dimensions))
  }
}
