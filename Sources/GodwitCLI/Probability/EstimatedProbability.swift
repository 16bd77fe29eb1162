import Foundation
import GodwitModels
import GodwitRandom

/// A probability from independent trials alone, where its exact value takes too long.
struct EstimatedProbability {
  let hits: Int
  let count: SimulationCount

  var frequency: Double { Double(hits) / Double(max(count.done, 1)) }

  /// Holds the probability with a confidence of 99.99 % at least: the interval of Clopper and Pearson.
  var interval: ClosedRange<Double> {
    let fit = try? Binomial.fit([hits], trials: count.done, confidence: 0.9999)
    return fit?.parameters.first?.interval ?? 0...1
  }

  /// For a person.
  var text: String {
    if count.done == 0 { return count.text(of: "time") }
    let (low, high) = (String(format: "%.6g", interval.lowerBound), String(format: "%.6g", interval.upperBound))
    return "\(count.text(of: "time")): \(tenDigits(frequency)), so that the probability is \(low) to \(high) "
      + "with a confidence of 99.99 %"
  }

  /// For a program.
  func add(to line: inout JSONLine) {
    line["simulatedFrequency"] = count.done == 0 ? .null : .number(frequency)
    count.add(to: &line)
    line["interval"] = .array([.number(interval.lowerBound), .number(interval.upperBound)])
  }
}
