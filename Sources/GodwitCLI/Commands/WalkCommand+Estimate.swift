import GodwitModels
import GodwitRandom

extension LatticeWalk {
  /// The most steps whose returns are computed one by one: seconds of work.
  var mostExactSteps: Int { min(20_000, 10_000_000 / dimensions) }
}

extension WalkQuestion {
  /// The lattice and the steps on it, where there are too many of them for an exact answer.
  var endless: (lattice: LatticeWalk, steps: Int)? {
    guard case .comeBackOnLattice(let lattice, let steps?) = self, steps > lattice.mostExactSteps else { return nil }
    return (lattice, steps)
  }
}

extension WalkCommand {
  /// Answers by simulation alone a question whose exact answer takes too long.
  func estimate(
    _ question: WalkQuestion, on lattice: LatticeWalk, steps: Int, by simulation: Simulation, on console: Console
  ) {
    let reason = "no exact answer, as its sum takes too long beyond \(Quantity.grouped(lattice.mostExactSteps)) steps"
    console.result(
      "\(question.text)\n  \(Quantity.counted(steps, "step")), \(lattice.dimensions) dimensions, all neighbours as likely: "
        + reason)
    let (hits, count) = simulation.hits { lattice.sampleReturn(within: steps, using: &$0) != nil }
    let estimate = EstimatedProbability(hits: hits, count: count)
    console.result(estimate.text)
    var line: JSONLine = [
      "steps": .integer(steps), "dimensions": .integer(lattice.dimensions), "reason": .text(reason),
      "question": .text(question.text), "probability": .null,
    ]
    estimate.add(to: &line)
    console.emit(line)
  }
}
