import Foundation
import GodwitTestSupport
import Testing

/// One run of the built `godwit`, with what it printed.
struct CommandRun {
  let exitCode: Int32
  /// Whether a signal ended it.
  let wasKilled: Bool
  let outputBytes: Data
  let error: String

  var output: String { String(decoding: outputBytes, as: UTF8.self) }
  var lines: [Substring] { output.split(separator: "\n") }

  /// The objects that `--json` printed; records an issue unless every line is one.
  func objects(_ location: SourceLocation = #_sourceLocation) -> [[String: Any]] {
    lines.compactMap { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      if object == nil { Issue.record("not a JSON object: \(line)", sourceLocation: location) }
      return object
    }
  }

  /// Runs `godwit` and waits for its end.
  init(_ arguments: String..., in folder: URL? = nil, environment: [String: String] = [:]) throws {
    try self.init(arguments: arguments, in: folder, environment: environment)
  }

  init(arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]) throws {
    try self.init(program: BuiltProducts.url(of: "godwit"), arguments: arguments, in: folder, environment: environment)
  }

  /// Runs a command line of the shell, in which `$godwit` is the built command.
  init(shell line: String, in folder: URL? = nil) throws {
    let environment = ["godwit": BuiltProducts.url(of: "godwit").path]
    try self.init(
      program: URL(filePath: "/bin/bash"), arguments: ["-c", line], in: folder, environment: environment)
  }

  init(program: URL, arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]) throws {
    let scratch = try TemporaryFolder()
    let outputFile = scratch.url.appending(path: "output")
    let errorFile = scratch.url.appending(path: "error")
    for file in [outputFile, errorFile] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder ?? scratch.url
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files rather than pipes: a pipe that nobody empties stops the process that fills it.
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    process.waitUntilExit()
    exitCode = process.terminationStatus
    wasKilled = process.terminationReason == .uncaughtSignal
    outputBytes = try Data(contentsOf: outputFile)
    error = String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
  }
}
