import ArgumentParser
import Foundation
import GodwitModels

/// Refuses a command that there is not by naming those that there are, as the parser would only call it unexpected.
enum CommandName {
  /// Looks at the words behind the program's name.
  static func validate(_ words: ArraySlice<String>) throws {
    let known = GodwitCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let name = words.first, !name.hasPrefix("-") else { return }
    if name == EvaluateCommand.configuration.commandName { return try validateProblem(words.dropFirst()) }
    guard !known.contains(name) else { return }
    if name == "help" { return try validate(words.dropFirst()) }
    let remedy =
      suggestion(for: name, among: known).map { "did you mean '\($0)'?" }
      ?? "the commands are \(known.joined(separator: ", "))"
    throw ValidationError("there is no command '\(name)'; \(remedy)")
  }

  /// A mistyped problem of memory would be taken for the folder of a run.
  private static func validateProblem(_ words: ArraySlice<String>) throws {
    let known = EvaluateCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let name = words.first, !name.hasPrefix("-"), !known.contains(name),
      !FileManager.default.fileExists(atPath: name), let meant = suggestion(for: name, among: known)
    else { return }
    throw ValidationError("there is neither a run nor a problem '\(name)'; did you mean '\(meant)'?")
  }
}
