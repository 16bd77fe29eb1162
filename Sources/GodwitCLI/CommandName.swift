import ArgumentParser
import GodwitModels

/// Refuses a command that there is not by naming those that there are, as the parser would only call it unexpected.
enum CommandName {
  /// Looks at the words behind the program's name.
  static func validate(_ words: ArraySlice<String>) throws {
    let known = GodwitCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let name = words.first, !name.hasPrefix("-"), !known.contains(name) else { return }
    if name == "help" { return try validate(words.dropFirst()) }
    let remedy =
      suggestion(for: name, among: known).map { "did you mean '\($0)'?" }
      ?? "the commands are \(known.joined(separator: ", "))"
    throw ValidationError("there is no command '\(name)'; \(remedy)")
  }
}
