import ArgumentParser
import Foundation
import GodwitModels

/// `godwit generate`.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Let a trained model write.",
    discussion: """
      Writes what comes after the prompt, byte by byte as it is drawn. The same run, prompt, options and seed give the \
      same bytes. With a linear mixer each byte takes the same time and the memory stays the same, however long the \
      prompt and the text are. A pipe or a file gets the bytes as they are; a terminal gets control characters written \
      out, and U+FFFD for what is not UTF-8. With --json a piece that is not UTF-8 has its bytes as base64 too.

      --save-state keeps what the model has of the text, and the random numbers to come, in a small file; --load-state \
      goes on from there, with the prompt if there is one, else where the text stopped. So a long text is read once and \
      continued many times; 100 bytes, saved, loaded, and 100 more are the 200 bytes of one call. With --save-state Ctrl-C \
      saves what was written so far.

      EXAMPLES
        godwit generate runs/first --prompt 'Once upon a time' --bytes 500
        godwit generate runs/first --prompt-file letter.txt --temperature 0.7 --top-p 0.95 --seed 7
        godwit generate runs/first --bytes 1000000 > long.txt
        godwit generate runs/first --prompt-file book.txt --bytes 0 --save-state book.state
        godwit generate runs/first --load-state book.state --prompt 'Chapter ' --seed 8
      """)

  @OptionGroup var source: RunArgument

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The text to go on from; without one a new text begins.", valueName: "text"))
  var prompt: String?

  @Option(help: ArgumentHelp("A file or a pipe with the text to go on from, of at most 1 GiB.", valueName: "file"))
  var promptFile: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("How many bytes to write.", valueName: "number"))
  var bytes = 500

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Below 1 likely bytes become likelier, above 1 less so; 0 always takes the likeliest. (default: 1.0)",
      valueName: "number"))
  var temperature: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Draw from this many of the likeliest bytes only.", valueName: "number")
  )
  var topK: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draw from the likeliest bytes only that together have this probability.", valueName: "number"))
  var topP: Probability?

  @Option(
    help: ArgumentHelp(
      "Go on from this file, which --save-state has written for the same model; sampling options and the seed are those that it has, unless given.",
      valueName: "file"))
  var loadState: String?

  @Option(
    help: ArgumentHelp(
      "Keep the state after the last byte in this file; only another state is overwritten.", valueName: "file"))
  var saveState: String?

  @Option(
    parsing: .unconditional,
    help: "Where the random numbers start; the same seed gives the same result. (default: 0)")
  var seed: UInt64?

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let least = saveState == nil ? 1 : 0
    guard bytes >= least else { throw ValidationError("--bytes \(bytes): give a number of at least \(least)") }
    do throws(SamplingError) { _ = try sampling(over: SamplingOptions()) } catch {
      switch error {
      case .temperature(let value): throw ValidationError("--temperature \(value): give a number of at least 0")
      case .topK(let value): throw ValidationError("--top-k \(value): give a number of at least 1")
      case .topP(let value): throw ValidationError("--top-p \(value): give a number above 0 and at most 1")
      }
    }
    try refuseEmptyPath(promptFile, "--prompt-file")
    try refuseEmptyPath(loadState, "--load-state")
    try refuseEmptyPath(saveState, "--save-state")
    if prompt != nil, promptFile != nil {
      throw ValidationError("--prompt and --prompt-file: give one of them")
    }
  }

  /// The options with those that were given.
  private func sampling(over options: SamplingOptions) throws(SamplingError) -> SamplingOptions {
    try SamplingOptions(
      temperature: temperature ?? options.temperature, topK: topK ?? options.topK, topP: topP?.value ?? options.topP)
  }

  func run() throws {
    let console = output.console
    threads.apply()
    if let saveState { try OutputFile.check(saveState, option: "--save-state", kind: .state) }
    let model = try source.load(on: console).model
    var session = try loadState.map { try TextSession(model, reading: $0) } ?? TextSession(model)
    session.sampler.options = try sampling(over: session.sampler.options)
    if let seed { session.sampler = ByteSampler(session.sampler.options, seed: seed) }
    let prompt = try promptFile.map { try PromptFile.bytes($0) } ?? Array((prompt ?? "").utf8)
    let clock = ContinuousClock()
    let start = clock.now
    session.read(prompt)
    let read = clock.now
    var stream = TextStream(console)
    // While the prompt is read nothing is worth saving, and Ctrl-C ends the command at once.
    if saveState != nil { Interruption.watch() }
    var written = 0
    while written < bytes, !Interruption.isRequested {
      stream.write(session.next())
      written += 1
    }
    stream.finish()
    let end = clock.now
    if let saveState { try session.write(to: saveState) }
    var line: JSONLine = [
      "event": "done", "bytes": .integer(written), "promptBytes": .integer(prompt.count),
      "promptSeconds": .number((read - start) / .seconds(1)),
      "secondsPerByte": written == 0 ? .null : .number((end - read) / .seconds(1) / Double(written)),
      "peakMemoryBytes": .integer(ProcessMemory.peakByteCount),
    ]
    if let saveState { line["state"] = .text(saveState) }
    console.emit(line)
    if let saveState, written < bytes || Interruption.outputFailure != nil {
      throw stopped(after: written, saved: saveState, on: console)
    }
  }

  /// The end of a command that was stopped and has saved; says how to go on.
  private func stopped(after written: Int, saved state: String, on console: Console) -> ExitCode {
    let next = ShellCommand.line(
      ShellCommand.program, ["generate", source.folder, "--load-state", state, "--bytes", "\(max(bytes - written, 1))"])
    let what = "after \(Quantity.counted(written, "byte")) and saved; go on with:\n  \(next)"
    if let failure = Interruption.outputFailure {
      StandardStream.error.write(line: "godwit: \(failure); stopped \(what)")
      return ExitCode(failure.exitCode)
    }
    console.note("interrupted \(what)")
    return ExitCode(Interruption.exitCode)
  }
}

/// Text on its way to standard output: byte by byte for a person or a pipe, by the line for a program.
private struct TextStream {
  private let console: Console
  private var pieces = TextPieces()
  private var position = 0
  private var last: UInt8?
  private var shown: TerminalText? = StandardStream.output.isTerminal ? TerminalText() : nil

  init(_ console: Console) { self.console = console }

  mutating func write(_ byte: UInt8) {
    if let text = shown?.add(byte) { console.result(bytes: Array(text.utf8)) } else { console.result(bytes: [byte]) }
    last = byte
    if console.isJSON, let piece = pieces.add(byte) { emit(piece) }
  }

  mutating func finish() {
    if let piece = pieces.finish() { emit(piece) }
    // So that the prompt of the shell begins a line of its own; a pipe gets the bytes and nothing else.
    if let rest = shown?.finish(), last != UInt8(ascii: "\n") { console.result(rest) }
  }

  private mutating func emit(_ piece: [UInt8]) {
    let text = String(decoding: piece, as: UTF8.self)
    var line: JSONLine = ["event": "text", "position": .integer(position), "text": .text(text)]
    if Array(text.utf8) != piece { line["base64"] = .text(Data(piece).base64EncodedString()) }
    console.emit(line)
    position += piece.count
  }
}
