import Foundation
import GodwitModels
import GodwitRandom

/// The exact answer to a question about chance, with the formula that gave it.
struct ProbabilityAnswer {
  /// What is asked, as a probability: "P(N = 3)".
  let question: String
  let formula: String
  let probability: Double
  /// The natural logarithm of the probability, where it is known though the probability underflows.
  var logProbability: Double?
  /// What was given, and what else is worth knowing, a line each.
  var context: [String] = []

  /// Prints the answer, and then the simulation beside it.
  ///
  /// - Parameters:
  ///   - simulated: takes its time, and begins when the answer is printed.
  ///   - line: what a program is told before the answer itself.
  func print(_ simulated: @autoclosure () -> SimulatedFrequency?, _ line: JSONLine, on console: Console) {
    var line = line
    line["question"] = .text(question)
    line["formula"] = .text(formula)
    line["probability"] = .number(probability)
    if let log10 { line["log10Probability"] = .number(log10) }
    console.result(
      "\(question) = \(formula)" + (formula == value ? "" : " = \(value)") + context.map { "\n  " + $0 }.joined())
    if let simulated = simulated() {
      console.result(simulated.text)
      simulated.add(to: &line)
    }
    console.emit(line)
  }

  private var log10: Double? { logProbability.flatMap(decimalLogarithm) }

  private var value: String { tenDigits(probability, logarithm: logProbability) }
}
