import GodwitKernels

/// Dirichlet's problem on the points of d whole coordinates, solved at single points by walks:
///
///     u(x) = g(x)                                 outside of a domain
///     u(x) = f(x) + the mean of u at the 2d neighbours of x   inside
///
/// u(x) is the mean, over walks from x, of g where they leave the domain and of the sum of f on their way (Courant, Friedrichs
/// and Lewy 1928, "Über die partiellen Differenzengleichungen der mathematischen Physik", § 3). On a grid of spacing h this
/// stands for ½Δu = −F with f = h²F / d; the time unit is a step, of h² / d.
public struct LatticeDirichlet: Sendable {
  /// A number for each place.
  public typealias Field = @Sendable (_ place: [Int]) -> Double

  let walk: LatticeWalk
  let isInside: @Sendable (_ place: [Int]) -> Bool
  let boundary: Field
  let source: Field?

  /// - Parameters:
  ///   - isInside: whether a place belongs to the domain, which should be bounded: walks leave it then in a time of finite mean.
  ///   - boundary: g, asked for at places outside next to the domain.
  ///   - source: f, asked for at places inside; 0 if left out.
  /// - Throws: `ParameterError` unless there are 1 to 10⁶ dimensions.
  public init(
    dimensions: Int, isInside: @escaping @Sendable (_ place: [Int]) -> Bool, boundary: @escaping Field,
    source: Field? = nil
  ) throws(ParameterError) {
    walk = try LatticeWalk(dimensions: dimensions)
    (self.isInside, self.boundary, self.source) = (isInside, boundary, source)
  }

  /// u at a place, by a number of walks from there, and the mean number of their steps.
  ///
  /// The estimate depends on the state of the generator only, not on the number of threads.
  ///
  /// - Parameter stepLimit: how many steps a walk may have.
  /// - Precondition: the place has as many coordinates as there are dimensions, neither number is negative.
  /// - Complexity: O(walks · steps); the error falls as 1 / √walks, in any number of dimensions.
  public func estimate(
    at place: [Int], walks: Int, stepLimit: Int = 1_000_000_000, using generator: inout some RandomNumberGenerator
  ) -> ExitEstimate {
    walk.requireUsable(place, stepLimit)
    return ExitEstimate(
      walkers(walks, using: &generator) { (words: inout BufferedWords) -> (value: Double, time: Double)? in
        exit(from: place, stepLimit, using: &words)
      })
  }

  private func exit(
    from start: [Int], _ stepLimit: Int, using words: inout BufferedWords
  ) -> (value: Double, time: Double)? {
    var (place, gathered, steps) = (start, 0.0, 0)
    if !isInside(place) { return (boundary(place), 0) }
    var hasLeft = false
    walk.walk(stepLimit, using: &words) { axis, step in
      if let source { gathered += source(place) }
      place[axis] += step
      steps += 1
      hasLeft = !isInside(place)
      return !hasLeft
    }
    return hasLeft ? (gathered + boundary(place), Double(steps)) : nil
  }
}
