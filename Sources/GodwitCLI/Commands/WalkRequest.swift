import ArgumentParser
import GodwitRandom

/// What the options of `godwit walk` ask for, once they are found to make sense.
struct WalkRequest {
  var walk: RandomWalk
  /// 0 where none are given.
  var steps = 0
  /// None for the table of the law.
  var question: WalkQuestion?
  /// How many walks are made by chance, if any.
  var trials: Int?
}

extension WalkCommand {
  /// The most steps that a simulation makes: hours of work.
  private static let mostSimulatedSteps = 1e14

  /// - Throws: `ValidationError` where an option is wrong, or does not go with another.
  func request() throws -> WalkRequest {
    let steps = try self.steps.map { try WholeNumber.parse($0, "--steps", least: 0) }
    var request = WalkRequest(walk: try walk(), steps: steps ?? 0)
    request.question = try question(steps)
    if request.question == nil && steps == nil {
      throw ValidationError("give --steps for a table of the law, or ask a question: see godwit walk --help")
    }
    if plot.plot != nil, case .comeBack(nil) = request.question { try refusePlot() }
    if plot.plot != nil, case .comeBackOnLattice(_, nil) = request.question { try refusePlot() }
    request.trials = try trials(request)
    return request
  }

  private func refusePlot() throws {
    throw ValidationError("--plot with --return draws the probability by the time: give --steps too")
  }

  private func walk() throws -> RandomWalk {
    let text = probability ?? "0.5"
    guard let value = Probability(argument: text)?.value, let walk = try? RandomWalk(probability: value) else {
      throw ValidationError("--p \(text): expected a probability, from 0 to 1, such as 0.6 or 18/38")
    }
    return walk
  }

  private func question(_ steps: Int?) throws -> WalkQuestion? {
    let places: [(option: String, text: String?, question: (Int, Int) -> WalkQuestion)] = [
      ("--at", at, { .at($0, steps: $1) }), ("--at-least", atLeast, { .atLeast($0, steps: $1) }),
      ("--at-most", atMost, { .atMost($0, steps: $1) }), ("--first-at", firstAt, { .firstAt($0, steps: $1) }),
      ("--last-zero", lastZero, { .lastZero($0, steps: $1) }),
    ]
    let asked =
      places.filter { $0.text != nil }.map(\.option) + (reach == nil ? [] : ["--reach"])
      + (comesBack ? ["--return"] : []) + (ruin == nil ? [] : ["--ruin"])
    guard asked.count <= 1 else {
      throw ValidationError("\(asked.joined(separator: ", ")): ask one question at a time")
    }
    let dimensions = try dimensions.map(lattice)
    if dimensions != nil && !comesBack { throw ValidationError("--dimensions goes with --return") }
    if let (option, text, question) = places.first(where: { $0.text != nil }), let text {
      guard let steps else { throw ValidationError("\(option) \(text): after how many steps? Give --steps too") }
      return question(try WholeNumber.parse(text, option, least: option == "--last-zero" ? 0 : nil), steps)
    }
    if let reach { return .reach(try WholeNumber.parse(reach, "--reach"), steps: steps) }
    if comesBack { return try comeBack(dimensions, steps) }
    return try ruin.map { try game($0, steps) }
  }

  private func lattice(_ text: String) throws -> LatticeWalk {
    guard let number = WholeNumber.parse(text), let lattice = try? LatticeWalk(dimensions: number) else {
      throw ValidationError("--dimensions \(text): expected a whole number, from 1 to 1e6")
    }
    return lattice
  }

  private func comeBack(_ lattice: LatticeWalk?, _ steps: Int?) throws -> WalkQuestion {
    guard let lattice, lattice.dimensions > 1 else { return .comeBack(steps: steps) }
    if let probability {
      throw ValidationError(
        "--p \(probability), --dimensions \(lattice.dimensions): on a lattice all neighbours are as likely; leave --p out"
      )
    }
    let question = WalkQuestion.comeBackOnLattice(lattice, steps: steps)
    if let endless = question.endless, simulate == nil || plot.plot != nil {
      throw ValidationError(
        "--steps \(endless.steps) with --dimensions \(lattice.dimensions): the exact sum takes too long; give at most "
          + "\(lattice.mostExactSteps) steps, or --simulate without --plot")
    }
    return question
  }

  private func game(_ text: String, _ steps: Int?) throws -> WalkQuestion {
    if let steps { throw ValidationError("--ruin and --steps \(steps): the game ends by itself; leave --steps out") }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { WholeNumber.parse($0) }
    guard numbers.count == 2, let start = numbers[0], let goal = numbers[1], start >= 0, goal > 0, start <= goal else {
      throw ValidationError("--ruin \(text): expected a start from 0 to a goal, and the goal, such as 5,10")
    }
    return .ruin(start: start, goal: goal)
  }

  private func trials(_ request: WalkRequest) throws -> Int? {
    guard let simulate else { return nil }
    guard let trials = WholeNumber.parse(simulate), (1...1_000_000_000_000).contains(trials) else {
      throw ValidationError("--simulate \(simulate): expected a whole number, from 1 to 1e12")
    }
    var stepsOfOne = Double(request.steps)
    switch request.question {
    case .ruin(let start, let goal): stepsOfOne = request.walk.meanGames(goal: goal, from: start)
    case .reach(_, nil), .comeBack(nil), .comeBackOnLattice(_, nil):
      throw ValidationError(
        "--simulate \(simulate): a walk that never gets there would not end; give --steps, for how long each may take")
    default: break
    }
    guard stepsOfOne * Double(trials) <= Self.mostSimulatedSteps else {
      throw ValidationError(
        "--simulate \(simulate): walks of \(tenDigits(stepsOfOne)) steps make more than 1e14 in all; simulate fewer")
    }
    return trials
  }
}
