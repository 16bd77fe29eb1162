import Foundation
import GodwitRandom
import Testing

/// The worst errors of a law at the places of its golden table.
struct LawErrors {
  /// A law by its name, and how to measure it.
  struct Law: CustomTestStringConvertible {
    let name: String
    let measure: @Sendable () throws -> LawErrors
    var testDescription: String { name }
  }

  static let laws = [
    Law("Poisson") { try Poisson(rate: $0[0]) },
    Law("Exponential") { try Exponential(rate: $0[0]) },
    Law("Gamma") { try Gamma(shape: $0[0], rate: $0[1]) },
    Law("Erlang") { try Erlang(shape: Int($0[0]), rate: $0[1]) },
    Law("Normal") { try Normal(mean: $0[0], standardDeviation: $0[1]) },
    Law("LogNormal", table: "log-normal") { try LogNormal(logMean: $0[0], logDeviation: $0[1]) },
    Law("Uniform") { try Uniform(from: $0[0], to: $0[1]) },
    Law("Bernoulli") { try Bernoulli(probability: $0[0]) },
    Law("Binomial") { try Binomial(trials: Int($0[0]), probability: $0[1]) },
    Law("Geometric") { try Geometric(probability: $0[0]) },
    Law("NegativeBinomial", table: "negative-binomial") { try NegativeBinomial(successes: $0[0], probability: $0[1]) },
    Law("Beta") { try Beta(alpha: $0[0], beta: $0[1]) },
    Law("Categorical") { try Categorical(weights: $0) },
  ]

  private(set) var mass, logMass, cdf, survival, quantile: WorstError
  var points: Int { mass.count }
  var all: [WorstError] { [mass, logMass, cdf, survival, quantile] }
  /// What is published.
  var published: [(name: String, worst: WorstError)] {
    [("mass or density", mass), ("cdf", cdf), ("survival", survival), ("quantile", quantile)]
  }

  private init(_ name: String) {
    (mass, logMass) = (WorstError("\(name), mass or density"), WorstError("\(name), its logarithm"))
    (cdf, survival) = (WorstError("\(name), cdf"), WorstError("\(name), survival"))
    quantile = WorstError("\(name), quantile")
  }

  private mutating func compare<Law: Distribution>(
    _ law: Law, _ row: GoldenLaw.Row, mass gotMass: Double, logMass gotLog: Double, logProbability: Double,
    at place: String
  ) {
    let place = "\(place), x \(row.x)"
    let bound = WorstError.allowed(logProbability: logProbability)
    mass.compare(gotMass, row.mass, logProbability: logProbability, at: place)
    // An error of the logarithm is a relative one of what it is of.
    logMass.compare(gotLog, row.logMass, allowed: max(bound, 1e-13 * abs(row.logMass)), at: place)
    cdf.compare(law.cdf(row.x), row.cdf, logProbability: log(max(row.cdf, .leastNonzeroMagnitude)), at: place)
    survival.compare(
      law.survival(row.x), row.survival, logProbability: log(max(row.survival, .leastNonzeroMagnitude)), at: place)
  }

  /// A discrete quantile is the whole number itself, unless the steps of the cdf there are closer than the bound on the cdf.
  private mutating func compare(_ law: some DiscreteDistribution, _ row: GoldenLaw.Row, at place: String) {
    compare(
      law, row, mass: law.probability(of: Int(row.x)), logMass: law.logProbability(of: Int(row.x)),
      logProbability: row.logMass, at: place)
    if row.probability.isNaN { return }
    let p = row.probability
    let tail = min(p, 1 - p)
    let steps = tail * WorstError.allowed(logProbability: log(tail)) / row.mass
    quantile.compare(
      Double(law.quantile(p)), row.quantile, allowed: max(steps.rounded(.down), .leastNormalMagnitude),
      at: "\(place), p \(p)")
  }

  /// A continuous quantile is held to the bound, or to what a relative change of p by 2⁻⁵¹ makes of it where that is more: a
  /// probability that was rounded once or twice is not better known.
  private mutating func compare(_ law: some ContinuousDistribution, _ row: GoldenLaw.Row, at place: String) {
    // A density has a unit; the tail beyond x has not.
    let tail = max(min(row.cdf, row.survival), .leastNonzeroMagnitude)
    compare(
      law, row, mass: law.density(at: row.x), logMass: law.logDensity(at: row.x), logProbability: log(tail), at: place)
    if row.probability.isNaN { return }
    let (p, want) = (row.probability, row.quantile)
    let condition = exp(log(p) - log(abs(want)) - law.logDensity(at: want))
    let relative = max(WorstError.allowed(logProbability: log(p)), condition * 0x1p-51)
    quantile.compare(law.quantile(p), want, allowed: abs(want) * relative, at: "\(place), p \(p)")
  }
}

extension LawErrors.Law {
  fileprivate init<Law: DiscreteDistribution>(
    _ name: String, table: String? = nil, _ make: @escaping @Sendable ([Double]) throws -> Law
  ) {
    self.init(name: name) {
      var errors = LawErrors(name)
      for golden in try GoldenLaw.all(of: table ?? name.lowercased()) {
        let law = try make(golden.parameters)
        for row in golden.rows { errors.compare(law, row, at: describe(golden.parameters)) }
      }
      return errors
    }
  }

  fileprivate init<Law: ContinuousDistribution>(
    _ name: String, table: String? = nil, _ make: @escaping @Sendable ([Double]) throws -> Law
  ) {
    self.init(name: name) {
      var errors = LawErrors(name)
      for golden in try GoldenLaw.all(of: table ?? name.lowercased()) {
        let law = try make(golden.parameters)
        for row in golden.rows { errors.compare(law, row, at: describe(golden.parameters)) }
      }
      return errors
    }
  }
}

private func describe(_ parameters: [Double]) -> String {
  parameters.count < 4 ? parameters.map { "\($0)" }.joined(separator: ", ") : "\(parameters.count) parameters"
}
