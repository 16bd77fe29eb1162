import Foundation
import GodwitRandom
import Testing

@Suite struct GoldenDistributionTests {
  @Test func poisson() throws { try compare("poisson") { a, _ in try Poisson(rate: a) } }
  @Test func exponential() throws { try compare("exponential") { a, _ in try Exponential(rate: a) } }
  @Test func gamma() throws { try compare("gamma") { a, b in try Gamma(shape: a, rate: b) } }
  @Test func normal() throws { try compare("normal") { a, b in try Normal(mean: a, standardDeviation: b) } }
  @Test func logNormal() throws { try compare("log-normal") { a, b in try LogNormal(logMean: a, logDeviation: b) } }
  @Test func binomial() throws { try compare("binomial") { a, b in try Binomial(trials: Int(a), probability: b) } }
  @Test func geometric() throws { try compare("geometric") { a, _ in try Geometric(probability: a) } }
  @Test func beta() throws { try compare("beta") { a, b in try Beta(alpha: a, beta: b) } }
  @Test func negativeBinomial() throws {
    try compare("negative-binomial") { a, b in try NegativeBinomial(successes: a, probability: b) }
  }

  private func compare<Law: DiscreteDistribution>(_ name: String, _ make: (Double, Double) throws -> Law) throws {
    try compare(name, make, mass: { $0.probability(of: Int($1)) }, logMass: { $0.logProbability(of: Int($1)) })
  }

  private func compare<Law: ContinuousDistribution>(_ name: String, _ make: (Double, Double) throws -> Law) throws {
    try compare(name, make, mass: { $0.density(at: $1) }, logMass: { $0.logDensity(at: $1) })
  }

  private func compare<Law: Distribution>(
    _ name: String, _ make: (Double, Double) throws -> Law, mass: (Law, Double) -> Double,
    logMass: (Law, Double) -> Double
  ) throws {
    var worst = ["mass or density", "its logarithm", "cdf", "survival"].map { WorstError("\(name), \($0)") }
    for row in try GoldenTable("law-\(name)", columns: 7).rows {
      let law = try make(row[0], row[1])
      let x = row[2]
      let place = "\(row[0]), \(row[1]), x \(x)"
      worst[0].compare(mass(law, x), row[3], logProbability: row[4], at: place)
      worst[1].compare(logMass(law, x), row[4], scale: max(1, abs(row[4])), at: place)
      worst[2].compare(law.cdf(x), row[5], logProbability: log(max(row[5], .leastNonzeroMagnitude)), at: place)
      worst[3].compare(law.survival(x), row[6], logProbability: log(max(row[6], .leastNonzeroMagnitude)), at: place)
    }
    for worst in worst { worst.expectAllowed() }
  }
}
