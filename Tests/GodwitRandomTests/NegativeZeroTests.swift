import GodwitRandom
import Testing

/// A parameter of -0 is one of 0.
@Suite struct NegativeZeroTests {
  @Test func aWalkThatNeverGoesUp() throws {
    let (walk, zero) = (try RandomWalk(probability: -0.0), try RandomWalk(probability: 0))
    #expect(walk.probability.sign == .plus)
    for place in [-3, -1, 0, 1, 3] {
      #expect(walk.probabilityOfReaching(place) == (place <= 0 ? 1 : 0))
      #expect(walk.probability(at: place, after: 3) == zero.probability(at: place, after: 3))
    }
    #expect(walk.probabilityOfReturn == zero.probabilityOfReturn)
    for start in 0...4 {
      #expect(walk.probabilityOfRuin(goal: 4, from: start) == zero.probabilityOfRuin(goal: 4, from: start))
      #expect(walk.meanGames(goal: 4, from: start) == zero.meanGames(goal: 4, from: start))
    }
  }

  @Test func lawsThatAreZeroForSure() throws {
    let laws: [any DiscreteDistribution] = [
      try Bernoulli(probability: -0.0), try Binomial(trials: 5, probability: -0.0), try Poisson(rate: -0.0),
    ]
    for law in laws {
      #expect(law.mean == 0 && law.mean.sign == .plus, "\(law)")
      #expect(law.variance == 0 && law.variance.sign == .plus, "\(law)")
      #expect(law.probability(of: 0) == 1 && law.cdf(0) == 1, "\(law)")
      #expect(law.probability(of: 1) == 0 && law.probability(of: 1).sign == .plus, "\(law)")
      #expect(law.survival(0) == 0 && law.quantile(0.5) == 0, "\(law)")
    }
    #expect(try PoissonProcess(rate: -0.0).rate.sign == .plus)
  }
}
