import Foundation
import Godwit
import GodwitTestSupport
import Testing

/// The snippets of the article on events.
struct EventArticles {
  @Test func samples() throws {
    var generator = Philox(seed: 6)
    let hourly = try Poisson(rate: 3)
    let counts = hourly.samples(1_000_000, using: &generator)
    let fit = try Poisson.fit(counts)  // fit["rate"]?.interval, which holds 3 in 95 of 100 such fits
    #expect(fit["rate"]?.interval.contains(3) == true)
  }

  @Test func processes() throws {
    var generator = Philox(seed: 7)
    let births = try PoissonProcess(rate: 3)
    let times = births.times(in: 0..<80, using: &generator)

    let visits = try InhomogeneousPoissonProcess(bound: 10) { hour in 5 - 5 * cos(2 * .pi * hour / 24) }
    let visitTimes = try visits.times(in: 0..<72, using: &generator)

    // The files of the article are these times.
    for (file, times) in [("births.txt", times), ("visits.txt", visitTimes)] {
      let path = Articles.root.appendingPathComponent("Examples/Data/\(file)")
      let text = times.map { String(format: "%.4f h\n", $0) }.joined()
      let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
      #expect(lines.joined(separator: "\n") + "\n" == text)
    }
  }

  @Test func timeChange() throws {
    var generator = Philox(seed: 8)
    // A rate that grows as 2t: t² events are expected up to t.
    let growing = TimeChangedPoissonProcess(cumulatedIntensity: { $0 * $0 }, inverse: { $0.squareRoot() })
    let events = try growing.times(in: 0..<10, using: &generator)
    #expect((50...150).contains(events.count))
  }

  @Test func marks() throws {
    var generator = Philox(seed: 9)
    let births = MarkedProcess(try PoissonProcess(rate: 3), marks: try Bernoulli(probability: 0.02))
    let twins = try births.process(ofMark: 1)  // 0.06 an hour
    let events = try births.events(in: 0..<1000, using: &generator)
    #expect(abs(twins.rate - 0.06) < 1e-15 && events.contains { $0.mark == 1 })

    // Of a hundred births an accident each 50th costs 1 to 3 units of something.
    let costs = CompoundPoisson(events: try Poisson(rate: 2), marks: try Categorical(weights: [0, 3, 2, 1]))
    let law = costs.law(terms: 40)  // P(sum = 0), P(sum = 1), …
    #expect(abs(law.reduce(0, +) - 1) < 1e-12 && abs(costs.mean - 10 / 3) < 1e-12)
  }

  @Test func limit() throws {
    let small = try LawOfSmallNumbers(try Binomial(trials: 1000, probability: 0.003))
    #expect(small.distance < small.bound)  // 0.00075 < 0.003
  }

  @Test func files() throws {
    let path = Articles.root.appendingPathComponent("Examples/Data/births.txt").path
    let events = try EventData(contentsOf: path)
    let found = try PoissonTest.constancy(of: events.times)
    #expect(events.times.count == 236 && abs(found.statistic - 0.05736) < 1e-5)
  }

  @Test func tests() throws {
    var generator = Philox(seed: 10)
    let times = try PoissonProcess(rate: 3).times(in: 0..<80, using: &generator)
    let gaps = try PoissonTest.gaps(between: times, in: 0...80)
    let counts = try Poisson(rate: 4).samples(200, using: &generator)
    let spread = try PoissonTest.dispersion(of: counts)
    #expect(gaps.pValue > 0.001 && spread.pValue > 0.001)

    // To the next twentieth of an hour below.
    let logged = times.map { ($0 * 20).rounded(.down) / 20 }
    let unit = PoissonTest.resolution(of: logged) ?? 0
    let placed = PoissonTest.spread(logged, within: unit, using: &generator)
    let hourly = try PoissonTest.counts(of: placed, every: 1, in: 0...80)
    #expect(abs(unit - 0.05) < 1e-9 && hourly.count == 80 && hourly.reduce(0, +) == times.count)
  }
}
