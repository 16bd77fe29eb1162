import Foundation
import GodwitModels
import GodwitRandom

/// The law of a walk's place after a number of steps, as a table.
struct WalkTable {
  let walk: RandomWalk
  let steps: Int

  /// The places that are not too rare to draw, about `most` of them at most, evenly from the middle on.
  func places(most: Int) -> [Int] {
    guard let law = try? Binomial(trials: steps, probability: walk.probability) else { return [] }
    let (low, high) = (law.quantile(1e-4), law.quantile(1 - 1e-4))
    let (middle, step) = (low + (high - low) / 2, (high - low) / most + 1)
    return stride(from: middle - (middle - low) / step * step, through: high, by: step).map { 2 * $0 - steps }
  }

  /// Whether there is a normal limit.
  var hasLimit: Bool { walk.hasNormalLimit(after: steps) }

  /// The greatest error of the limit, where it takes no more than a few seconds.
  private var gaussianError: Double? {
    hasLimit && walk.variance(after: steps) <= 1e9 ? walk.gaussianError(after: steps) : nil
  }

  /// Prints the table, with the shares of simulated walks if there are any.
  func print(_ simulation: Simulation?, on console: Console) {
    let simulated = simulation.map(simulated)
    printMoments(simulated?.count, on: console)
    let places = places(most: 30)
    var table = TextTable(heading: ["k", "P(S = k)", "Gaussian", "P(S ≤ k)", "P(S > k)"])
    if simulated != nil { table.heading.append("simulated") }
    for place in places {
      let values = [
        walk.probability(at: place, after: steps), walk.cdf(place, after: steps), walk.survival(place, after: steps),
      ]
      let gaussian = hasLimit ? walk.gaussianProbability(at: place, after: steps) : nil
      var line: JSONLine = [
        "place": .integer(place), "probability": .number(values[0]), "gaussian": gaussian.map { .number($0) } ?? .null,
        "atMost": .number(values[1]), "moreThan": .number(values[2]),
      ]
      var row = [Quantity.grouped(place), digits(values[0]), gaussian.map(digits) ?? "none"] + values[1...].map(digits)
      if let simulated {
        let share = Double(simulated.counts[place, default: 0]) / Double(max(simulated.count.done, 1))
        line["simulatedFrequency"] = .number(share)
        row.append(digits(share))
      }
      table.rows.append(row)
      console.emit(line)
    }
    console.result(table.plain)
    console.result(leftOut(places))
  }

  private func printMoments(_ count: SimulationCount?, on console: Console) {
    let (mean, variance, distance) = (
      walk.mean(after: steps), walk.variance(after: steps), walk.meanDistance(after: steps)
    )
    let error = gaussianError
    var line: JSONLine = [
      "steps": .integer(steps), "p": .number(walk.probability), "mean": .number(mean), "variance": .number(variance),
      "meanDistance": .number(distance),
    ]
    line["gaussianError"] = error.map { .number($0) } ?? .null
    count?.add(to: &line)
    console.emit(line)
    console.result(
      "S after \(Quantity.counted(steps, "step")), p = \(tenDigits(walk.probability)): mean \(tenDigits(mean)), "
        + "variance \(tenDigits(variance)), mean distance E|S| = \(tenDigits(distance))")
    if let error {
      console.result("the Gaussian limit errs in P(S ≤ k) by at most \(digits(error))")
    } else if hasLimit {
      console.result("the error of the Gaussian limit is searched up to a variance of 1e9")
    } else if variance > 0 {
      console.result("at a variance below 1 there is no Gaussian limit yet")
    }
    if let count { console.result(count.text(of: "walk")) }
  }

  /// What the table does not show.
  private func leftOut(_ places: [Int]) -> String {
    guard let first = places.first, let last = places.last else { return "" }
    var parts = ["odd", "even"].enumerated().filter { $0.offset == steps % 2 }.map { "\($0.element) places, P = 0" }
    if first > -steps { parts.append("k < \(first), P = \(digits(walk.cdf(first - 1, after: steps)))") }
    if last < steps { parts.append("k > \(last), P = \(digits(walk.survival(last, after: steps)))") }
    if places.count > 1, places[1] - places[0] > 2 {
      parts.append("between, all but one of \(Quantity.grouped((places[1] - places[0]) / 2))")
    }
    return "left out: " + parts.joined(separator: "; ")
  }

  /// How many walks ended where, of how many.
  private func simulated(_ simulation: Simulation) -> (counts: [Int: Int], count: SimulationCount) {
    let walker = WalkSteps(of: walk)
    let result = simulation.run(
      counting: [Int: Int](), add: { $0.merge($1) { $0 + $1 } },
      trial: { counts, generator in counts[walker.end(after: steps, using: &generator), default: 0] += 1 })
    return (result.tally, result.count)
  }

  private func digits(_ value: Double) -> String { String(format: "%.6g", value) }
}
