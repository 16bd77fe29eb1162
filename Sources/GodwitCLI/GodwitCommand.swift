import ArgumentParser
import Foundation
import GodwitKernels
import GodwitModels

/// The command `godwit`.
public struct GodwitCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "godwit",
    abstract: "Learn from long sequences in linear time, on an ordinary CPU.",
    discussion: """
      Results go to standard output, progress and warnings to standard error. Exit codes: 0 done, 1 failed (the message \
      says what to do), 64 wrong usage, 130 interrupted after saving, 141 stopped after saving as nothing reads the \
      output any more. GODWIT_ISA=sse2|avx2|avx512 forces an instruction set, GODWIT_THREADS a number of threads.
      """,
    version: GodwitVersion.current,
    subcommands: [
      TrainCommand.self, GenerateCommand.self, EvaluateCommand.self, InfoCommand.self, ExportCommand.self,
      ImportCommand.self,
      BenchmarkCommand.self, CompareCommand.self, PoissonCommand.self, WalkCommand.self,
    ])

  public init() {}

  /// Runs the command that the process was started with, and ends the process with its exit code.
  public static func launch() -> Never {
    StandardStream.reserve()
    StandardStream.ignoreClosedPipes()
    ArrayMemory.explainFailures()
    MemoryCache.onFailure { byteCount in
      say("the system has no \(Quantity.bytes(byteCount)) of memory left, needed at once; ask for less, or free memory")
      Foundation.exit(ExitCode.failure.rawValue)
    }
    do {
      try EnvironmentCheck.validate()
      try ArgumentBytes.validate()
      try CommandName.validate(CommandLine.arguments.dropFirst())
      try CommandWords.validate()
      var command = try parseAsRoot()
      try command.run()
      Foundation.exit(0)
    } catch {
      finish(with: error)
    }
  }

  /// Says what went wrong, and ends the process with the exit code that belongs to it.
  private static func finish(with error: any Error) -> Never {
    let code = exitCode(for: error)
    switch error {
    case is ExitCode:
      break  // the command has said what there is to say
    case _ where code == .success:
      StandardStream.output.write(line: fullMessage(for: error))  // help or the version was asked for
    case _ where code == .validationFailure:
      say(String(fullMessage(for: error).dropping(prefix: "Error: ")))
    case let failure as CommandFailure:
      say("\(failure)")
      Foundation.exit(failure.exitCode.rawValue)
    default:
      say("\(error)")
    }
    Foundation.exit(code.rawValue)
  }

  /// Says what went wrong; words of a file or an argument may be in it, which must not change the terminal.
  private static func say(_ problem: String) {
    StandardStream.error.write(line: "godwit: " + TerminalText.escaped(problem))
  }
}

extension String {
  fileprivate func dropping(prefix: String) -> Substring { hasPrefix(prefix) ? dropFirst(prefix.count) : self[...] }
}
