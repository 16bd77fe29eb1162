import Foundation
import GodwitRandom

/// A question about events at a constant rate that has a probability for its answer.
enum PoissonQuestion: Hashable {
  case atLeast(Int)
  case atMost(Int)
  case exactly(Int)
  /// From the first number of events to the second, both of them included.
  case between(Int, Int)
  /// The time to the next event, in means: from the first to the second.
  case gap(from: Double, to: Double)

  /// The answer where `law` holds for the number of events.
  func probability(_ law: Poisson) -> Double {
    switch self {
    case .atLeast(let count): law.survival(Double(count) - 1)
    case .atMost(let count): law.cdf(Double(count))
    case .exactly(let count): law.probability(of: count)
    case .between: min(exp(logProbability(law)), 1)
    case .gap(let from, let to): unitGap.survival(from) * unitGap.cdf(to - from)
    }
  }

  /// The natural logarithm of the answer, also where that is too small for a number.
  func logProbability(_ law: Poisson) -> Double {
    switch self {
    case .atLeast(let count): count == 0 ? 0 : incompleteGamma(Double(count), law.rate).logLower
    case .atMost(let count): incompleteGamma(Double(count) + 1, law.rate).logUpper
    case .exactly(let count): law.logProbability(of: count)
    case .between(let first, let last): logProbability(from: first, to: last, law)
    case .gap(let from, let to): log(-expm1(from - to)) - from
    }
  }

  /// Few numbers one by one; many by their ends, on the side of the mean where those do not cancel.
  private func logProbability(from first: Int, to last: Int, _ law: Poisson) -> Double {
    if last - first < 1000 {
      let logarithms = (first...last).map(law.logProbability(of:))
      guard let greatest = logarithms.max(), greatest > -.infinity else { return -.infinity }
      return greatest + log(logarithms.reduce(0) { $0 + exp($1 - greatest) })
    }
    if first == 0 { return PoissonQuestion.atMost(last).logProbability(law) }
    let (below, upTo) = (incompleteGamma(Double(first), law.rate), incompleteGamma(Double(last) + 1, law.rate))
    if Double(first) > law.rate { return below.logLower + log1p(-exp(upTo.logLower - below.logLower)) }
    if Double(last) < law.rate { return upTo.logUpper + log1p(-exp(below.logUpper - upTo.logUpper)) }
    return log1p(-below.upper - upTo.lower)
  }

  /// What is asked.
  var text: String {
    switch self {
    case .atLeast(let count): "P(N ≥ \(count))"
    case .atMost(let count): "P(N ≤ \(count))"
    case .exactly(let count): "P(N = \(count))"
    case .between(let first, let last): "P(\(first) ≤ N ≤ \(last))"
    case .gap(let from, _): from > 0 ? "P(s < X ≤ t)" : "P(X ≤ t)"
    }
  }

  /// The formula of the answer.
  var formula: String {
    switch self {
    case .atLeast(let count): count == 0 ? "1" : count == 1 ? "1 − e^(−μ)" : "1 − Σ_{k<\(count)} μᵏ e^(−μ) / k!"
    case .atMost(let count): "Σ_{k≤\(count)} μᵏ e^(−μ) / k!"
    case .exactly(let count): count == 0 ? "e^(−μ)" : "μ^\(count) e^(−μ) / \(count)!"
    case .between(let first, let last): "Σ_{\(first)≤k≤\(last)} μᵏ e^(−μ) / k!"
    case .gap(let from, _): from > 0 ? "e^(−λs) − e^(−λt)" : "1 − e^(−λt)"
    }
  }

  /// Whether it is so once, by chance: a number of events, or a gap, is drawn.
  func occurs(_ law: Poisson, using generator: inout Philox) -> Bool {
    if case .gap(let from, let to) = self { return (from..<to).contains(unitGap.sample(using: &generator)) }
    return includes(law.sample(using: &generator))
  }

  /// Whether it is so where that many events come; it is not if the question is about a gap.
  func includes(_ count: Int) -> Bool {
    switch self {
    case .atLeast(let least): count >= least
    case .atMost(let most): count <= most
    case .exactly(let one): count == one
    case .between(let first, let last): (first...last).contains(count)
    case .gap: false
    }
  }

  /// The gaps between events at one a time unit.
  private var unitGap: Exponential {
    guard let law = try? Exponential(rate: 1) else { fatalError("Exponential: a rate of 1 is refused") }
    return law
  }
}
