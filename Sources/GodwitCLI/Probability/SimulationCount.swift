import GodwitModels

/// How many trials a simulation made, of how many that were asked for.
struct SimulationCount {
  let done: Int
  let asked: Int

  var isInterrupted: Bool { done < asked }

  /// For a person: "simulated 100 walks", "interrupted: simulated 7 of 100 walks".
  func text(of unit: String) -> String {
    isInterrupted
      ? "interrupted: simulated \(Quantity.grouped(done)) of \(Quantity.counted(asked, unit))"
      : "simulated \(Quantity.counted(done, unit))"
  }

  /// For a program.
  func add(to line: inout JSONLine) {
    line["trials"] = .integer(done)
    if isInterrupted { line["interruptedOf"] = .integer(asked) }
  }
}
