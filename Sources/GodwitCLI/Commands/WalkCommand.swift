import ArgumentParser
import GodwitModels
import GodwitPlot
import GodwitRandom

/// `godwit walk`.
struct WalkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "walk",
    abstract: "Where does a random walk lead, and will it come back?",
    discussion: """
      A walk begins at 0 and goes one up with the probability p or one down with q = 1 − p, step by step; S is its place. \
      Ask one question, or give --steps alone for a table of the law. On a lattice of --dimensions 2 or more, --return asks \
      about the walk that goes to each neighbour with the same probability.

      --simulate makes that many walks by chance, step by step, counts how often it was so, and says where 99.99 % of such \
      simulations end; Ctrl-C ends it with what was counted so far. Numbers may be written as 1e6.

      EXAMPLES
        godwit walk --steps 100 --at 10
        godwit walk --steps 100 --at-least 10 --p 0.6
        godwit walk --steps 11 --first-at 1       there, and not before
        godwit walk --reach 3 --p 0.4             ever, or within --steps
        godwit walk --steps 100 --last-zero 40    no return after 40 steps
        godwit walk --return --dimensions 3       ever, or within --steps
        godwit walk --ruin 5,10 --p 0.6           from 5 to 10 before 0
        godwit walk --steps 1000 --simulate 1000 --plot paths.svg
      """)

  @Option(parsing: .unconditional, help: ArgumentHelp("How many steps are made, 0 to 1e15.", valueName: "n"))
  var steps: String?

  @Option(
    name: .customLong("p"), parsing: .unconditional,
    help: ArgumentHelp("The probability of a step up, such as 0.6 or 18/38. (default: 0.5)", valueName: "p"))
  var probability: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("At this place after the steps.", valueName: "place"))
  var at: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("There or above after the steps.", valueName: "place"))
  var atLeast: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("There or below after the steps.", valueName: "place"))
  var atMost: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("There after the steps for the first time; 0: back for the first time.", valueName: "place"))
  var firstAt: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "There at some time, within the steps if they are given: also P(maximum ≥ place).", valueName: "place"))
  var reach: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("At 0 for the last time after so many of the steps.", valueName: "time"))
  var lastZero: String?

  @Flag(name: .customLong("return"), help: "Back at the start at some time, within the steps if they are given.")
  var comesBack = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("At the goal before 0, on the way from a start: 5,10.", valueName: "start,goal"))
  var ruin: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Walk on a lattice of so many dimensions, with --return.", valueName: "d"))
  var dimensions: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Also make so many walks by chance.", valueName: "walks"))
  var simulate: String?

  @OptionGroup var plot: PlotOption
  @OptionGroup var seed: SeedOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if CommandWords.areKnown { _ = try request() }
  }

  func run() throws {
    // Before anything is computed, so that an interruption loses nothing of it.
    if simulate != nil { Interruption.watch() }
    let (request, console) = (try request(), output.console)
    try plot.check()
    if let question = request.question {
      if let (lattice, steps) = question.endless, let simulation = simulation(request, console) {
        estimate(question, on: lattice, steps: steps, by: simulation, on: console)
      } else {
        answer(question, request, on: console)
      }
    } else {
      let table = WalkTable(walk: request.walk, steps: request.steps)
      table.print(simulation(request, console), on: console)
    }
    try plot.write(on: console) { WalkChart(request: request, seed: seed.seed, command: $0).chart.svg }
    if let failure = Interruption.outputFailure { throw ExitCode(failure.exitCode) }
    if Interruption.isRequested { throw ExitCode(Interruption.exitCode) }
  }

  private func simulation(_ request: WalkRequest, _ console: Console) -> Simulation? {
    request.trials.map { Simulation(trials: $0, seed: seed.seed, unit: "walks", console: console) }
  }

  private func answer(_ question: WalkQuestion, _ request: WalkRequest, on console: Console) {
    let walk = request.walk
    let probability = question.probability(walk)
    var answer = ProbabilityAnswer(
      question: question.text, formula: question.formula(walk), probability: probability,
      logProbability: question.logProbability(walk))
    var line: JSONLine = [:]
    if let steps = question.steps { line["steps"] = .integer(steps) }
    var given = question.steps.map { [Quantity.counted($0, "step")] } ?? []
    if case .comeBackOnLattice(let lattice, _) = question {
      line["dimensions"] = .integer(lattice.dimensions)
      given.append("\(lattice.dimensions) dimensions, all neighbours as likely")
    } else {
      line["p"] = .number(walk.probability)
      given.append("p = \(tenDigits(walk.probability))")
    }
    let reason = question.impossibility ?? question.reason(walk)
    line["reason"] = .text(reason)
    answer.context.append(given.joined(separator: ", ") + ": " + reason)
    if question.impossibility == nil, let gaussian = question.gaussian(walk) {
      line["gaussian"] = .number(gaussian)
      answer.context.append("Gaussian limit \(tenDigits(gaussian))" + comparison(gaussian, probability))
    } else if question.impossibility == nil, question.tendsToGaussian, let steps = question.steps {
      let variance = walk.variance(after: steps)
      if variance > 0 { answer.context.append("no Gaussian limit yet: the variance \(tenDigits(variance)) is below 1") }
    }
    if case .ruin(let start, let goal) = question {
      let (ruin, games) = (walk.probabilityOfRuin(goal: goal, from: start), walk.meanGames(goal: goal, from: start))
      line["probabilityOfRuin"] = .number(ruin)
      let logarithm = walk.logProbabilityOfRuin(goal: goal, from: start)
      if let log10 = decimalLogarithm(logarithm) { line["log10ProbabilityOfRuin"] = .number(log10) }
      line["meanSteps"] = .number(games)
      answer.context += [
        "P(0 before \(goal)) = \(tenDigits(ruin, logarithm: logarithm)), from \(start)",
        "\(tenDigits(games)) steps in the mean until then",
      ]
    }
    let walker = WalkSteps(of: walk)
    answer.print(
      simulation(request, console)?.frequency(of: probability) { question.occurs(walker, using: &$0) }, line,
      on: console)
  }

  /// How far a limit is from the exact value.
  private func comparison(_ limit: Double, _ exact: Double) -> String {
    let error = limit / exact - 1
    guard error.isFinite, exact >= .leastNormalMagnitude else { return "" }
    if abs(error) < 1e-12 { return ", the same to 12 digits" }
    return ", \(Quantity.rounded(abs(error) * 100)) % " + (error < 0 ? "below" : "above") + " the exact value"
  }
}
