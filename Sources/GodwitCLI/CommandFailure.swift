import ArgumentParser

/// What a command says when it cannot do its work, and what to do about it.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
  let exitCode: ExitCode

  init(_ description: String, exitCode: ExitCode = .failure) {
    self.description = description
    self.exitCode = exitCode
  }
}
