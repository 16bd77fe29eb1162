import GodwitKernels
import RealModule

/// The walk on the whole numbers from 0 that goes one up with probability p and one down with probability q = 1 − p.
///
/// After n steps of which U went up it is at S = 2U − n, and U is binomial. Feller 1968, "An Introduction to Probability Theory
/// and Its Applications" I, chapters III and XIV, is the source of what is not said otherwise.
///
/// A number of steps is from 0 to 10¹⁵ everywhere.
public struct RandomWalk: Sendable, Hashable {
  /// p, the probability of a step up.
  public let probability: Double

  /// - Throws: `ParameterError` unless the probability is from 0 to 1.
  public init(probability: Double = 0.5) throws(ParameterError) {
    try ParameterError.check(
      probability >= 0 && probability <= 1, Self.self, "probability", probability, "0 to 1")
    // -0 passes the check, and 1 / -0 is below all numbers.
    self.probability = probability + 0
  }

  /// The walk of p = ½.
  public static let fair = RandomWalk(checked: 0.5)

  private init(checked probability: Double) { self.probability = probability }

  /// p.
  var up: Double { probability }
  /// q.
  var down: Double { 1 - probability }

  /// The law of the number of steps up.
  func upSteps(in steps: Int) -> Binomial { binomial(steps, probability) }

  /// The law of the number of steps down, with a probability that is rounded.
  func downSteps(in steps: Int) -> Binomial { binomial(steps, down) }

  private func binomial(_ steps: Int, _ probability: Double) -> Binomial {
    guard let law = try? Binomial(trials: steps, probability: probability) else {
      fatalError("RandomWalk: the number of steps is \(steps), expected 0 to 1e15")
    }
    return law
  }

  // MARK: The place after n steps

  /// P(S = place) after `steps` steps: n! / (u! (n − u)!) pᵘ qⁿ⁻ᵘ with u = (n + place) / 2, or 0 where that is not whole.
  public func probability(at place: Int, after steps: Int) -> Double {
    guard let up = RandomWalk.stepsUp(to: place, in: steps) else { return 0 }
    return upSteps(in: steps).probability(of: up)
  }

  /// ln P(S = place) after `steps` steps, also where the probability underflows.
  public func logProbability(at place: Int, after steps: Int) -> Double {
    guard let up = RandomWalk.stepsUp(to: place, in: steps) else { return -.infinity }
    return upSteps(in: steps).logProbability(of: up)
  }

  /// How many steps up lead to a place; nil where none do.
  static func stepsUp(to place: Int, in steps: Int) -> Int? {
    require(steps >= 0, "RandomWalk: the number of steps is \(steps), expected 0 to 1e15")
    if place < -steps || place > steps || (steps + place) % 2 != 0 { return nil }
    return (steps + place) / 2
  }

  /// P(S ≤ place) after `steps` steps.
  public func cdf(_ place: Int, after steps: Int) -> Double {
    let place = min(max(place, -steps - 1), steps)
    return upSteps(in: steps).cdf((Double(steps + place) / 2).rounded(.down))
  }

  /// P(S > place) after `steps` steps.
  public func survival(_ place: Int, after steps: Int) -> Double {
    let place = min(max(place, -steps - 1), steps)
    return upSteps(in: steps).survival((Double(steps + place) / 2).rounded(.down))
  }

  /// ln P(S ≤ place) after `steps` steps, also where the probability underflows.
  public func logCDF(_ place: Int, after steps: Int) -> Double { tails(below: place + 1, steps).logUpper }

  /// ln P(S > place) after `steps` steps, also where the probability underflows.
  public func logSurvival(_ place: Int, after steps: Int) -> Double { tails(below: place + 1, steps).logLower }

  /// P(S ≥ place) is the lower tail, P(S < place) the upper.
  private func tails(below place: Int, _ steps: Int) -> Tails {
    let up = (steps + place + 1) >> 1
    if up <= 0 || up > steps { return up <= 0 ? .all : .none }
    return incompleteBeta(Double(up), Double(steps - up + 1), x: self.up, y: down)
  }

  /// p − q.
  public var drift: Double { 2 * probability - 1 }

  /// n (p − q).
  public func mean(after steps: Int) -> Double { Double(steps) * drift }

  /// 4 n p q.
  public func variance(after steps: Int) -> Double { 4 * Double(steps) * up * down }

  /// E |S|, how far the walk is from where it began; about √(2n / π) where p = ½.
  ///
  /// n ((p − q) (P(Sₙ₋₁ > 0) − P(Sₙ₋₁ < 0)) + P(S = 0 after n steps, or after n − 1 if n is odd)): u C(n, u) = n C(n − 1, u − 1)
  /// makes E S⁺ and E S⁻ tails of n − 1 steps. No term is negative.
  public func meanDistance(after steps: Int) -> Double {
    if steps == 0 { return 0 }
    let lean = survival(0, after: steps - 1) - cdf(-1, after: steps - 1)
    return Double(steps) * (drift * lean + probability(at: 0, after: steps - steps % 2))
  }
}
