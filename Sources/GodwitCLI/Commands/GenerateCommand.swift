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

      EXAMPLES
        godwit generate runs/first --prompt 'Once upon a time' --bytes 500
        godwit generate runs/first --prompt-file letter.txt --temperature 0.7 --top-p 0.95 --seed 7
        godwit generate runs/first --bytes 1000000 > long.txt
      """)

  @OptionGroup var source: RunArgument

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The text to go on from; without one a new text begins.", valueName: "text"))
  var prompt: String?

  @Option(help: ArgumentHelp("A file with the text to go on from, of any length.", valueName: "file"))
  var promptFile: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("How many bytes to write.", valueName: "number"))
  var bytes = 500

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Below 1 likely bytes become likelier, above 1 less so; 0 always takes the likeliest.", valueName: "number"))
  var temperature = 1.0

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Draw from this many of the likeliest bytes only.", valueName: "number")
  )
  var topK: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Draw from the likeliest bytes only that together have this probability.", valueName: "number"))
  var topP: Double?

  @OptionGroup var seed: SeedOption
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard bytes >= 1 else { throw ValidationError("--bytes \(bytes): give a number of at least 1") }
    guard temperature >= 0, temperature.isFinite else {
      throw ValidationError("--temperature \(temperature): give a number of at least 0")
    }
    if let topK, topK < 1 { throw ValidationError("--top-k \(topK): give a number of at least 1") }
    if let topP, !(topP > 0 && topP <= 1) {
      throw ValidationError("--top-p \(topP): give a number above 0 and at most 1")
    }
    try refuseEmptyPath(promptFile, "--prompt-file")
    if prompt != nil, promptFile != nil {
      throw ValidationError("--prompt and --prompt-file: give one of them")
    }
  }

  func run() throws {
    let console = output.console
    threads.apply()
    let model = try source.load(on: console).model
    let prompt = try promptFile.map(PromptFile.bytes) ?? Array((prompt ?? "").utf8)
    let clock = ContinuousClock()
    let start = clock.now
    var generator = TextGenerator(
      model, prompt: prompt, sampling: SamplingOptions(temperature: temperature, topK: topK, topP: topP),
      seed: seed.seed)
    let read = clock.now
    var stream = TextStream(console)
    for _ in 0..<bytes { stream.write(generator.next()!) }
    stream.finish()
    let end = clock.now
    console.emit([
      "event": "done", "bytes": .integer(bytes), "promptBytes": .integer(prompt.count),
      "promptSeconds": .number((read - start) / .seconds(1)),
      "secondsPerByte": .number((end - read) / .seconds(1) / Double(bytes)),
      "peakMemoryBytes": .integer(ProcessMemory.peakByteCount),
    ])
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
