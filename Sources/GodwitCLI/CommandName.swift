import ArgumentParser
import GodwitModels

/// Refuses a command that there is not by naming those that there are, as the parser would only call it unexpected.
enum CommandName {
  static func validate(_ name: String?) throws {
    let known = GodwitCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let name, !name.hasPrefix("-"), name != "help", !known.contains(name) else { return }
    let remedy =
      suggestion(for: name, among: known).map { "did you mean '\($0)'?" }
      ?? "the commands are \(known.joined(separator: ", "))"
    throw ValidationError("there is no command '\(name)'; \(remedy)")
  }
}
