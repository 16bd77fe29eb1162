import ArgumentParser
import Foundation
import GodwitModels
import GodwitPlot
import GodwitRandom

/// `godwit poisson`.
struct PoissonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "poisson",
    abstract: "How likely are so many events, or so long a wait, at a constant rate?",
    discussion: """
      Events that come one by one, independently of each other, at a rate λ: in a time t their number N is Poisson with \
      the mean μ = λ t, P(N = n) = μⁿ e^(−μ) / n!, and the wait X for the next is exponential, P(X > t) = e^(−λ t), \
      however long one has waited.

      Behind the / of the rate is a time, so 2/3 is two events in a time of 3. Units are ms, s, min, h, day, week and year \
      (365.25 days); without any, times are in a unit of your own.

      Ask one question, or none for a table of the law. --simulate draws that many times what the question is about, and \
      says how often it was so, with the band where 99.99 % of such frequencies are.

      EXAMPLES
        godwit poisson --rate 3/h --in 1h --at-least 2
        godwit poisson --rate 1/10min --in 30min --exactly 0 --simulate 1000000
        godwit poisson --rate 3/h --gap-within 15min..30min
        godwit poisson --rate 4/day --plot packs.svg
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many events are expected in how long: 3/h, 1/10min, '4 per day', or 3.", valueName: "rate"))
  var rate: String

  @Option(
    name: .customLong("in"),
    help: ArgumentHelp("The time in which events are counted. (default: that of the rate)", valueName: "time"))
  var interval: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("So many events or more.", valueName: "n"))
  var atLeast: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("So many events or fewer.", valueName: "n"))
  var atMost: Int?

  @Option(parsing: .unconditional, help: ArgumentHelp("Just so many events.", valueName: "n"))
  var exactly: Int?

  @Option(
    help: ArgumentHelp(
      "The next event within this time, or between two: 15min, 15min..30min.", valueName: "time"))
  var gapWithin: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Also try it by chance, so many times.", valueName: "times"))
  var simulate: Int?

  @OptionGroup var plot: PlotOption
  @OptionGroup var seed: SeedOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    _ = try law()
    _ = try question()
    if let simulate {
      guard (1...1_000_000_000_000).contains(simulate) else {
        throw ValidationError("--simulate \(simulate): give a number from 1 to 1,000,000,000,000")
      }
      guard try question() != nil else {
        throw ValidationError(
          "--simulate \(simulate): ask a question too, with --at-least, --at-most, --exactly or --gap-within")
      }
    }
  }

  func run() throws {
    let console = output.console
    try plot.check()
    let law = try law()
    if let question = try question() {
      try answer(question, law, on: console)
    } else {
      try table(law, on: console)
    }
    try plot.write(on: console) { try chart(law, command: $0).svg }
    if Interruption.isRequested { throw ExitCode(Interruption.exitCode) }
  }

  // MARK: What was asked

  private func parsedRate() throws -> EventRate {
    guard let result = EventRate(rate) else {
      throw ValidationError("--rate \(rate): expected \(EventRate.expectation)")
    }
    return result
  }

  /// The time in which events are counted.
  private func intervalText() throws -> String { try interval ?? parsedRate().spanText }

  /// A time in the terms of the rate.
  private func span(_ text: some StringProtocol, _ option: String) throws -> Span {
    guard let span = Span(text) else { throw ValidationError("\(option) \(text): expected \(Span.expectation)") }
    guard span.hasUnit == (try parsedRate().span.hasUnit) else {
      throw ValidationError(
        "\(option) \(text), --rate \(rate): give both a unit of time, or none, as in --rate 3/h --in 1h")
    }
    return span
  }

  private func law() throws -> Poisson {
    let rate = try parsedRate()
    let mean = rate.mean(in: try interval.map { try span($0, "--in") } ?? rate.span)
    do { return try Poisson(rate: mean) } catch {
      throw ValidationError(
        "--rate \(self.rate): \(mean) events are expected; the most is 1e15. Count in a shorter time")
    }
  }

  private func question() throws -> PoissonQuestion? {
    let counts: [(option: String, count: Int?, question: (Int) -> PoissonQuestion)] = [
      ("--at-least", atLeast, PoissonQuestion.atLeast), ("--at-most", atMost, PoissonQuestion.atMost),
      ("--exactly", exactly, PoissonQuestion.exactly),
    ]
    let asked = counts.filter { $0.count != nil }
    guard asked.count + (gapWithin == nil ? 0 : 1) <= 1 else {
      throw ValidationError("--at-least, --at-most, --exactly, --gap-within: ask one question at a time")
    }
    if let (option, given, question) = asked.first, let count = given {
      guard count >= 0 else { throw ValidationError("\(option) \(count): a number of events is 0 or more") }
      return question(count)
    }
    return try gapWithin.map(gap)
  }

  private func gap(_ text: String) throws -> PoissonQuestion {
    if plot.plot != nil {
      throw ValidationError("--gap-within and --plot: the picture is of the number of events; leave one of them out")
    }
    if interval != nil { throw ValidationError("--gap-within and --in: the wait has no interval; leave --in out") }
    let (rate, ends) = (try parsedRate(), text.components(separatedBy: ".."))
    guard (1...2).contains(ends.count) else {
      throw ValidationError("--gap-within \(text): expected a time, or two with .. between them")
    }
    let spans = try ends.map { try span($0, "--gap-within") }
    let from = spans.count == 2 ? spans[0] : .zero(like: spans[0])
    guard from.length < spans[spans.count - 1].length else {
      throw ValidationError("--gap-within \(text): the first time is not shorter than the second")
    }
    let (first, last) = (rate.mean(in: from), rate.mean(in: spans[spans.count - 1]))
    guard last.isFinite else {
      throw ValidationError(
        "--gap-within \(text), --rate \(self.rate): too many events for a number; give a shorter time")
    }
    return .gap(from: first, to: last)
  }

  // MARK: What is answered

  private func answer(_ question: PoissonQuestion, _ law: Poisson, on console: Console) throws {
    var answer = ProbabilityAnswer(
      question: question.text, formula: question.formula, probability: question.probability(law))
    var line: JSONLine = ["rate": .text(rate)]
    if case .gap = question {
      let ends = (gapWithin ?? "").components(separatedBy: "..")
      answer.context = [(ends.count == 2 ? "s = \(ends[0]), t = \(ends[1])" : "t = \(ends[0])") + ", λ = \(rate)"]
      line["gapWithin"] = .text(gapWithin ?? "")
    } else {
      answer.context = ["in \(try intervalText()) at \(rate), μ = \(tenDigits(law.rate))"]
      line["interval"] = .text(try intervalText())
      line["mean"] = .number(law.rate)
    }
    let simulated = simulate.map { trials in
      Simulation(trials: trials, seed: seed.seed, unit: "trials", console: console)
        .frequency(of: answer.probability) { question.occurs(law, using: &$0) }
    }
    answer.print(simulated, line, on: console)
  }

  /// The counts that are not too rare to draw, at most `most` of them about evenly.
  private func counts(_ law: Poisson, most: Int) -> [Int] {
    let (low, high) = (law.quantile(1e-4), law.quantile(1 - 1e-4))
    return Array(stride(from: low, through: high, by: max((high - low) / most + 1, 1)))
  }

  private func table(_ law: Poisson, on console: Console) throws {
    console.result(
      "N in \(try intervalText()) at \(rate): mean \(tenDigits(law.mean)), standard deviation "
        + "\(tenDigits(law.standardDeviation))")
    var table = TextTable(heading: ["n", "P(N = n)", "P(N ≤ n)", "P(N > n)"])
    for count in counts(law, most: 30) {
      let values = [law.probability(of: count), law.cdf(Double(count)), law.survival(Double(count))]
      table.rows.append([Quantity.grouped(count)] + values.map { String(format: "%.6g", $0) })
      console.emit([
        "count": .integer(count), "probability": .number(values[0]), "atMost": .number(values[1]),
        "moreThan": .number(values[2]),
      ])
    }
    console.result(table.plain)
  }

  private func chart(_ law: Poisson, command: String) throws -> LineChart {
    let points = counts(law, most: 400).map { SIMD2(Double($0), law.probability(of: $0)) }
    return LineChart(
      title: "Events in \(try intervalText()) at \(rate)", x: ChartAxis("number of events"),
      y: ChartAxis("probability"), series: [LineChart.Series("Poisson", points: points, style: .lineAndPoints)],
      command: command)
  }
}
