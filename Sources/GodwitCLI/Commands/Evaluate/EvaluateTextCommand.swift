import ArgumentParser
import GodwitModels

/// `godwit evaluate text`, or `godwit evaluate` with a run behind it.
struct EvaluateTextCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "text",
    abstract: "Measure how well a trained model predicts a text.",
    discussion: """
      Prints bits per byte: the mean of −log₂ of the probability that the model gave each byte, knowing those before it. \
      8 is knowing nothing; good compressors of English text reach about 2.

      EXAMPLES
        godwit evaluate runs/first --text README.md
        godwit evaluate runs/first --text letters --json
      """)

  @OptionGroup var source: RunArgument

  @Option(help: ArgumentHelp("A text, or a folder of texts.", valueName: "path"))
  var text: String

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: OutputOptions

  func validate() throws { try refuseEmptyPath(text, "--text") }

  func run() throws {
    let console = output.console
    threads.apply()
    let model = try source.load(on: console).model
    let corpus = try TextCorpus(paths: [text])
    let clock = ContinuousClock()
    let start = clock.now
    var evaluator = TextEvaluator(model)
    var progress = ProgressBar("evaluate", total: corpus.byteCount, unit: "bytes", on: console)
    let piece = 16 << 10
    do {
      defer { progress.finish() }
      for lower in stride(from: 0, to: corpus.byteCount, by: piece) {
        evaluator.read(try corpus.read(lower..<min(lower + piece, corpus.byteCount)))
        let detail = "\(Quantity.fixed(evaluator.bitsPerByte, digits: 3)) bits per byte"
        progress.update(evaluator.byteCount, detail: detail)
      }
    }
    let seconds = (clock.now - start) / .seconds(1)
    console.result(
      "\(Quantity.fixed(evaluator.bitsPerByte, digits: 4)) bits per byte "
        + "(\(Quantity.counted(evaluator.byteCount, "byte")) in \(Quantity.duration(seconds: seconds)))")
    console.emit([
      "task": "text", "mixer": .text(model.configuration.mixer), "bitsPerByte": .number(evaluator.bitsPerByte),
      "evaluationSeconds": .number(seconds), "bytes": .integer(evaluator.byteCount),
      "parameters": .integer(model.parameterCount),
    ])
  }
}
