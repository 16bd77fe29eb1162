import ArgumentParser
import GodwitLayers
import GodwitModels

extension TrainingError {
  /// The same in the words of the command line: a value that no run can have is wrong usage.
  var inOptionNames: any Error {
    func refusal(_ field: String, _ found: String, _ expected: String) -> CommandFailure {
      // What cannot be seen, or is not one word, stands in quotation marks.
      let found = found.isEmpty || found.contains(where: \.isWhitespace) ? "'\(found)'" : found
      return CommandFailure("\(OptionName.of(field)) \(found): expected \(expected)", exitCode: .validationFailure)
    }
    switch self {
    case .option(let error): return refusal(error.option, error.found, error.expected)
    case .configuration(.impossible(let field, let found, let expected)): return refusal(field, found, expected)
    case .configuration(.mixer(.impossible(let field, let found, let expected))):
      return refusal(field, "\(found)", expected)
    case .configuration(.mixer(.unknown(let name, let known))):
      return refusal("mixer", name, "one of \(known.joined(separator: ", "))")
    case .configuration(.mixer(let error)):
      return CommandFailure("--mixer: \(error)", exitCode: .validationFailure)
    case .configuration(.tooLarge):
      return CommandFailure("\(self)", exitCode: .validationFailure)
    case .otherArchitecture(let run, let differences):
      let list = differences.map(OptionName.difference).joined(separator: "; ")
      return CommandFailure(
        "a run that starts from \(run) has its architecture: \(list). Leave these options out, or train without --from")
    default: return self
    }
  }
}
