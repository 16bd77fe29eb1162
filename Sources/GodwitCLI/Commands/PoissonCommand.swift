import ArgumentParser
import Foundation
import GodwitEvents
import GodwitModels
import GodwitRandom

/// `godwit poisson`.
struct PoissonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "poisson",
    abstract: "How likely are so many events, or so long a wait, at a constant rate? Are my events like that?",
    discussion: """
      Events that come one by one, independently of each other, at a rate λ: in a time t their number N is Poisson with \
      the mean μ = λ t, P(N = n) = μⁿ e^(−μ) / n!, and the wait X for the next is exponential, P(X > t) = e^(−λ t), \
      however long one has waited.

      Behind the / of the rate is a time, so 2/3 is two events in a time of 3. Units are ms, s, min, h, day, week and year \
      (365.25 days); without any, times are in a unit of your own.

      Ask one question, or none for a table of the law. --simulate draws that many times what the question is about, and \
      says how often it was so, with the band where 99.99 % of such frequencies are.

      --test reads your own events: a line for each event with its time, or a line for each interval with the number of \
      events in it; - is standard input. The answer is the rate with its exact interval at 95 %, and tests of whether \
      the events are a Poisson process:
        gaps         of times: whether they are exponential (Kolmogorov and Smirnov; Durbin, as the rate is estimated)
        constancy    of times: whether the rate stays the same
        dispersion   of counts: whether their variance is their mean
        frequencies  of counts: whether each is as frequent as it should be (χ² of counts pooled until five or more \
      are expected)
      p is the probability of what is as odd as that by chance; all in all it is the least of them times their number. \
      Below 0.05 it speaks against a Poisson process. Times are counted in intervals of --in.

      A time is a number (12.5), a number with a unit (90 s) or a date (2024-05-01 13:45:00, 2024-05-01T13:45Z, \
      01.05.2024 13:45, 5/13/2024 1:45 PM where a day above 12 tells the order, 01/May/2024:13:45:00 +0200); dates \
      without a zone are taken as of the same. Numbers are decimal, with an exponent if wanted; a comma may stand for \
      the point throughout. The newest may be first. Times with a zone and times since 1970 may come in any order.

      The file is a text in UTF-8 or UTF-16 of at most 256 MiB, or the access log of a web server. Its columns are \
      between tabs, semicolons or commas, whichever cuts its lines alike, or after sep= on its first line; the column \
      of the times is found by its values and headings, or given with --column. A heading, empty lines and lines that \
      begin with # are passed over; a missing value (nothing, NA, null, - …) is an error, or with --skip-missing left \
      out. Numbers are taken for counts if they are whole and do not rise from line to line or their heading says so, \
      else for times; --as says otherwise. Times that are rounded so much that the tests would take it for a pattern \
      are put at random within their units before, by --seed, and the answer says so.

      EXAMPLES
        godwit poisson --rate 3/h --in 1h --at-least 2
        godwit poisson --rate 1/10min --in 30min --exactly 0 --simulate 1e6
        godwit poisson --rate 4/day --exactly 2..5
        godwit poisson --rate 3/h --gap-within 15min..30min
        godwit poisson --rate 4/day --plot packs.svg
        printf '%s\\n' 3 1 4 1 5 9 2 6 5 3 5 8 > counts.txt
        godwit poisson --test counts.txt --in 1h --plot counts.svg
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many events are expected in how long: 3/h, 1/10min, '4 per day', or 3.", valueName: "rate"))
  var rate: String?

  @Option(
    name: .customLong("in"),
    help: ArgumentHelp("The time in which events are counted. (default: that of the rate)", valueName: "time"))
  var interval: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("So many events or more.", valueName: "n"))
  var atLeast: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("So many events or fewer.", valueName: "n"))
  var atMost: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Just so many events, or from one number to another: 3, 2..5.", valueName: "n"))
  var exactly: String?

  @Option(
    help: ArgumentHelp(
      "The next event within this time, or between two: 15min, 15min..30min.", valueName: "time"))
  var gapWithin: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Also try it by chance, so many times.", valueName: "times"))
  var simulate: String?

  @Option(help: ArgumentHelp("Test whether the events of this file are Poisson.", valueName: "file"))
  var test: String?

  @Option(name: .customLong("as"), help: "What the numbers of --test are. (default: see above)")
  var kind: EventData.Kind?

  @Option(help: ArgumentHelp("The column of --test, its name or number. (default: see above)", valueName: "column"))
  var column: String?

  @Flag(help: "Leave out the lines of --test whose value is missing.")
  var skipMissing = false

  @OptionGroup var plot: PlotOption
  @OptionGroup var seed: SeedOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard CommandWords.areKnown else { return }
    if test != nil { return try validateTest() }
    if let kind {
      throw ValidationError("--as \(kind.rawValue): it says how to read the file of --test; give that too")
    }
    if let column {
      throw ValidationError("--column \(column): it says what to read in the file of --test; give that too")
    }
    if skipMissing {
      throw ValidationError("--skip-missing: it says how to read the file of --test; give that too")
    }
    _ = try law()
    _ = try question()
    if try trials() != nil, try question() == nil {
      throw ValidationError(
        "--simulate \(simulate ?? ""): ask a question too, with --at-least, --at-most, --exactly or --gap-within")
    }
  }

  func run() throws {
    // Before anything is computed, so that an interruption loses nothing of it.
    if simulate != nil { Interruption.watch() }
    let console = output.console
    try plot.check()
    if let test { return try self.test(test, on: console) }
    let law = try law()
    if let question = try question() {
      try answer(question, law, on: console)
    } else {
      try table(law, on: console)
    }
    try plot.write(on: console) { command in
      if case .gap(let from, let to) = try question() {
        return try gapChart(from: from, to: to, command: command).svg
      }
      return try chart(law, command: command).svg
    }
    if let failure = Interruption.outputFailure { throw ExitCode(failure.exitCode) }
    if Interruption.isRequested { throw ExitCode(Interruption.exitCode) }
  }

  // MARK: What was asked

  func parsedRate() throws -> EventRate {
    guard let rate else {
      throw ValidationError("give --rate, as in --rate 3/h, or your own events with --test FILE")
    }
    guard let result = EventRate(rate) else {
      throw ValidationError("--rate \(rate): expected \(EventRate.expectation)")
    }
    return result
  }

  /// The time in which events are counted.
  func intervalText() throws -> String { try interval ?? parsedRate().spanText }

  /// A time in the terms of the rate.
  private func span(_ text: some StringProtocol, _ option: String) throws -> Span {
    guard let span = Span(text) else { throw ValidationError("\(option) \(text): expected \(Span.expectation)") }
    guard span.hasUnit == (try parsedRate().span.hasUnit) else {
      throw ValidationError(
        "\(option) \(text), --rate \(rate ?? ""): give both a unit of time, or none, as in --rate 3/h --in 1h")
    }
    return span
  }

  private func law() throws -> Poisson {
    let rate = try parsedRate()
    let mean = rate.mean(in: try interval.map { try span($0, "--in") } ?? rate.span)
    do { return try Poisson(rate: mean) } catch {
      throw ValidationError(
        "--rate \(self.rate ?? ""): \(mean) events are expected; the most is 1e15. Count in a shorter time")
    }
  }

  /// How many times it is tried by chance.
  func trials() throws -> Int? {
    guard let simulate else { return nil }
    let trials = try WholeNumber.parse(simulate, "--simulate", least: 1)
    if trials > 1_000_000_000_000 { throw ValidationError("--simulate \(simulate): the most is 1e12") }
    return trials
  }

  func question() throws -> PoissonQuestion? {
    let counts = [("--at-least", atLeast), ("--at-most", atMost), ("--exactly", exactly)]
    let asked = counts.filter { $0.1 != nil }
    guard asked.count + (gapWithin == nil ? 0 : 1) <= 1 else {
      throw ValidationError("--at-least, --at-most, --exactly, --gap-within: ask one question at a time")
    }
    if let atLeast { return .atLeast(try WholeNumber.parse(atLeast, "--at-least", least: 0)) }
    if let atMost { return .atMost(try WholeNumber.parse(atMost, "--at-most", least: 0)) }
    if let exactly { return try number(exactly) }
    return try gapWithin.map(gap)
  }

  private func number(_ text: String) throws -> PoissonQuestion {
    let counts = text.components(separatedBy: "..").map { WholeNumber.parse($0).flatMap { $0 >= 0 ? $0 : nil } }
    switch (counts.count, counts[0], counts[counts.count - 1]) {
    case (1, let count?, _): return .exactly(count)
    case (2, let first?, let last?) where first < last: return .between(first, last)
    default:
      throw ValidationError(
        "--exactly \(text): expected a whole number from 0 to 1e15, or two of which the second is greater, as in 2..5")
    }
  }

  private func gap(_ text: String) throws -> PoissonQuestion {
    if interval != nil { throw ValidationError("--gap-within and --in: the wait has no interval; leave --in out") }
    let rate = try parsedRate()
    let (first, last) = try gapEnds(text)
    let (from, to) = (rate.mean(in: first), rate.mean(in: last))
    guard to.isFinite else {
      throw ValidationError(
        "--gap-within \(text), --rate \(self.rate ?? ""): too many events for a number; give a shorter time")
    }
    return .gap(from: from, to: to)
  }

  /// The times between which the next event is to come.
  func gapEnds(_ text: String) throws -> (from: Span, to: Span) {
    let ends = text.components(separatedBy: "..")
    guard (1...2).contains(ends.count) else {
      throw ValidationError("--gap-within \(text): expected a time, or two with .. between them")
    }
    let spans = try ends.map { try span($0, "--gap-within") }
    let from = spans.count == 2 ? spans[0] : .zero(like: spans[0])
    guard from.length < spans[spans.count - 1].length else {
      throw ValidationError("--gap-within \(text): the first time is not shorter than the second")
    }
    return (from, spans[spans.count - 1])
  }
}
