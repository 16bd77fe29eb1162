import GodwitRandom

/// A question about events at a constant rate that has a probability for its answer.
enum PoissonQuestion: Hashable {
  case atLeast(Int)
  case atMost(Int)
  case exactly(Int)
  /// The time to the next event, in means: from the first to the second.
  case gap(from: Double, to: Double)

  /// The answer where `law` holds for the number of events.
  func probability(_ law: Poisson) -> Double {
    switch self {
    case .atLeast(let count): law.survival(Double(count) - 1)
    case .atMost(let count): law.cdf(Double(count))
    case .exactly(let count): law.probability(of: count)
    case .gap(let from, let to): unitGap.survival(from) * unitGap.cdf(to - from)
    }
  }

  /// What is asked.
  var text: String {
    switch self {
    case .atLeast(let count): "P(N ≥ \(count))"
    case .atMost(let count): "P(N ≤ \(count))"
    case .exactly(let count): "P(N = \(count))"
    case .gap(let from, _): from > 0 ? "P(s < X ≤ t)" : "P(X ≤ t)"
    }
  }

  /// The formula of the answer.
  var formula: String {
    switch self {
    case .atLeast(let count): count == 0 ? "1" : count == 1 ? "1 − e^(−μ)" : "1 − Σ_{k<\(count)} μᵏ e^(−μ) / k!"
    case .atMost(let count): "Σ_{k≤\(count)} μᵏ e^(−μ) / k!"
    case .exactly(let count): count == 0 ? "e^(−μ)" : "μ^\(count) e^(−μ) / \(count)!"
    case .gap(let from, _): from > 0 ? "e^(−λs) − e^(−λt)" : "1 − e^(−λt)"
    }
  }

  /// Whether it is so once, by chance: a number of events, or a gap, is drawn.
  func occurs(_ law: Poisson, using generator: inout Philox) -> Bool {
    switch self {
    case .atLeast(let count): law.sample(using: &generator) >= count
    case .atMost(let count): law.sample(using: &generator) <= count
    case .exactly(let count): law.sample(using: &generator) == count
    case .gap(let from, let to): (from..<to).contains(unitGap.sample(using: &generator))
    }
  }

  /// The gaps between events at one a time unit.
  private var unitGap: Exponential {
    guard let law = try? Exponential(rate: 1) else { fatalError("Exponential: a rate of 1 is refused") }
    return law
  }
}
