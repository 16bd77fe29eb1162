import GodwitKernels
import RealModule

extension RandomWalk {
  /// How the law of the place is computed; the results agree to 10⁻¹⁵.
  public enum Method: Sendable, Hashable, CaseIterable {
    /// Each probability by itself, to its own relative accuracy.
    case binomial
    /// As the coefficients of (px + q/x)ⁿ, the generating function.
    case coefficients
    /// By a Fourier transform of the characteristic function, (p e^(iξ) + q e^(−iξ))ⁿ.
    case characteristicFunction
  }

  /// The probabilities of the places −n, −n + 2, …, n after n steps.
  ///
  /// - Complexity: O(n), or O(n log n) through coefficients or the characteristic function.
  public func law(after steps: Int, by method: Method = .binomial) -> [Double] {
    let law = upSteps(in: steps)
    return switch method {
    case .binomial: (0...steps).map(law.probability(of:))
    case .coefficients: coefficients(steps)
    case .characteristicFunction:
      invertedCharacteristicFunction(steps, points: powerOfTwo(notBelow: steps + 1))
    }
  }

  /// (px + q/x)ⁿ = x⁻ⁿ (q + px²)ⁿ, by repeated squaring.
  private func coefficients(_ steps: Int) -> [Double] {
    var power = Polynomial([1])
    for bit in (0..<Int.bitWidth - steps.leadingZeroBitCount).reversed() {
      power = RandomWalk.settled(power * power)
      if steps >> bit & 1 == 1 { power = RandomWalk.settled(power * Polynomial([down, up])) }
    }
    return (0...steps).map { power.coefficient(of: $0) }
  }

  /// A law whose sum is 1, without the coefficients that are only roundings of Fourier transforms: each squaring would double
  /// what these do to the sum, and to the mean.
  private static func settled(_ law: Polynomial) -> Polynomial {
    let least = law.degree <= 128 ? 0 : 1e-15 * law.coefficients.reduce(0, max)
    let kept = law.coefficients.map { $0 > least ? $0 : 0 }
    return 1 / compensatedSum(kept) * Polynomial(kept)
  }

  /// P(R = k) = 1/N Σⱼ φ(2πj/N)ⁿ exp(−2πi jk/N) for the number R of the rarer steps, of which r is the probability of one and
  /// φ(θ) = 1 − r + r e^(iθ) the characteristic function; exact where the number N of points, a power of two, is above n.
  ///
  /// S = ±(n − 2R), so that the walk's own is φ(∓2ξ)ⁿ e^(±inξ): its second factor only moves the law, but would have roundings.
  func invertedCharacteristicFunction(_ steps: Int, points count: Int) -> [Double] {
    var values = ComplexValues(
      real: [Double](repeating: 0, count: count), imaginary: [Double](repeating: 0, count: count))
    for index in 0..<count {
      (values.real[index], values.imaginary[index]) = characteristicFunction(
        rootOfUnity(index, of: count), power: steps)
    }
    values.fourierTransform()
    let law = values.real.prefix(steps + 1).map { $0 / Double(count) }
    return up <= down ? law : law.reversed()
  }

  /// φ(θ)ⁿ in polar form, where |φ|² = 1 − 2 r (1 − r) (1 − cos θ): repeated products would multiply their roundings by n.
  private func characteristicFunction(
    _ root: (cosine: Double, sine: Double), power steps: Int
  ) -> (real: Double, imaginary: Double) {
    let (rarer, other) = (min(up, down), max(up, down))
    let (cosine, sine) = root
    let versine = cosine > 0 ? sine * sine / (1 + cosine) : 1 - cosine
    if steps == 0 { return (1, 0) }
    let size = Double.exp(Double(steps) / 2 * .log(onePlus: max(-2 * rarer * other * versine, -1)))
    let angle = Double(steps) * .atan2(y: rarer * sine, x: other + rarer * cosine)
    return (size * .cos(angle), size * .sin(angle))
  }
}
