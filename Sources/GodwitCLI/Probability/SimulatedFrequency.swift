import Foundation
import GodwitModels
import GodwitRandom

/// How often something was so in independent trials, beside its exact probability.
struct SimulatedFrequency {
  let probability: Double
  let hits: Int
  let count: SimulationCount

  var trials: Int { count.done }

  var frequency: Double { Double(hits) / Double(max(trials, 1)) }

  /// Of the frequency.
  var standardError: Double { (probability * (1 - probability) / Double(max(trials, 1))).squareRoot() }

  /// Where at least 99.99 % of such simulations end: the binomial law leaves at most 0.005 % on either side.
  var band: ClosedRange<Double> {
    guard trials > 0, let law = try? Binomial(trials: trials, probability: probability) else { return 0...1 }
    let (low, high) = (law.quantile(5e-5), law.quantile(1 - 5e-5))
    return Double(low) / Double(trials)...Double(high) / Double(trials)
  }

  var isWithinBand: Bool { band.contains(frequency) }

  /// For a person.
  var text: String {
    if trials == 0 { return count.text(of: "time") }
    let (low, high) = (String(format: "%.6g", band.lowerBound), String(format: "%.6g", band.upperBound))
    return "\(count.text(of: "time")): \(tenDigits(frequency)), "
      + (isWithinBand ? "within" : "outside") + " the band \(low) to \(high) of 99.99 % of such simulations"
  }

  /// For a program.
  func add(to line: inout JSONLine) {
    line["simulatedFrequency"] = trials == 0 ? .null : .number(frequency)
    count.add(to: &line)
    line["standardError"] = .number(standardError)
    line["band"] = .array([.number(band.lowerBound), .number(band.upperBound)])
  }
}
