import ArgumentParser
import GodwitBenchmarks
import GodwitKernels
import GodwitLayers
import GodwitModels
import GodwitPlot
import GodwitRandom

extension ComparisonMode: ExpressibleByArgument {}

/// `godwit compare`.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Which mixer, at my length? Measure their time and memory here.",
    discussion: """
      Measures each mixer at each length: all positions at once (forward), with all gradients (forward+backward), and one \
      more position after a past of that length (decode). Softmax attention, with its cache of keys and values, is always \
      among them. The mixers take turns, and medians count; measure on an idle machine. The exponent says how the time \
      grows: at 1 twice the length takes twice the time, at 2 four times.

      Memory is the most that tensors take at any moment of the work, beside parameters and input; for decode with what is \
      kept of the past. A mixer that would not fit into three quarters of the machine's memory is left out at that length. \
      Before the measurements each mixer is checked: its parallel, chunked and step-by-step forms must agree. Ctrl-C ends \
      with the tables of what is known. --plot draws time against length, of forward+backward or of the first --mode.

      A mixer is measured by itself, with its dense layers. Those marked * do the work of a feed-forward layer too; \
      --blocks measures residual blocks of about equal parameters instead: mixer and feed-forward layer, or two blocks of \
      a mixer that needs none.

      \(MixerList.text)

      EXAMPLES
        godwit compare
        godwit compare --mixer linear --mixer flash:chunk=128 --lengths 1024,2048,4096 --plot time.svg
        godwit compare --blocks --width 512 --heads 8 --mode forward+backward --markdown
      """)

  @Option(
    help: ArgumentHelp(
      "A mixer, with settings if wanted; several by several options. (default: all)", valueName: "name"))
  var mixer: [String] = []

  @Option(help: ArgumentHelp("The lengths, with commas between them.", valueName: "numbers"))
  var lengths = "512,1024,2048,4096"

  @Option(parsing: .unconditional, help: "The width of the layers.")
  var width = 256

  @Option(parsing: .unconditional, help: "The number of heads of each mixer, a divisor of the width.")
  var heads = 4

  @Option(parsing: .unconditional, help: "The number of sequences at once.")
  var batch = 1

  @Option(help: "What to measure; several by several options. (default: all three)")
  var mode: [ComparisonMode] = []

  @Flag(help: "Measure residual blocks of about equal parameters.")
  var blocks = false

  @Option(parsing: .unconditional, help: "Seconds of repetitions for each mixer, length and mode.")
  var seconds = 0.3

  @Flag(help: "Print tables in Markdown.")
  var markdown = false

  @OptionGroup var plot: PlotOption
  @OptionGroup var seed: SeedOption
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    _ = try parsedLengths()
    for (name, value, most) in [
      ("--width", width, 65_536), ("--heads", heads, max(width, 1)), ("--batch", batch, 65_536),
    ] {
      guard (1...most).contains(value) else {
        throw ValidationError("\(name) \(value): give a number from 1 to \(Quantity.grouped(most))")
      }
    }
    guard width % heads == 0 else {
      throw ValidationError("--heads \(heads): expected a divisor of the width, \(width)")
    }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds \(seconds): give a number above 0, at most 3600")
    }
    _ = try layers()
  }

  func run() throws {
    let console = output.console
    threads.apply()
    try plot.check()
    let layers = try layers()
    Interruption.watch()
    let differences = try checkForms(layers)
    let comparison = MixerComparison(
      layers: layers, lengths: try parsedLengths(),
      modes: mode.isEmpty ? ComparisonMode.allCases : ComparisonMode.allCases.filter(mode.contains), batch: batch,
      budget: seconds)
    var report = CompareReport(comparison, differences: differences)
    var progress = ProgressBar("compare", total: comparison.count, unit: "measurements", on: console)
    comparison.run(seed: seed.seed, while: !Interruption.isRequested) { event in
      switch event {
      case .progress(let done, _, let next): progress.update(done, detail: next)
      case .measured(let measurement):
        report.measurements.append(measurement)
        progress.finish()
        console.emit(measurement.jsonLine)
      case .skipped(let mixer, let length, let mode, let byteCount):
        report.skipped.append((mixer, length, mode))
        progress.note(
          "\(mixer), \(mode.rawValue), \(length) positions: left out, as it would take about \(Quantity.bytes(byteCount))"
        )
      }
    }
    progress.finish()
    if Interruption.isRequested {
      console.note(
        "interrupted after \(report.measurements.count) of \(comparison.count) measurements; the tables hold these alone"
      )
    }
    if report.measurements.isEmpty && !Interruption.isRequested {
      throw CommandFailure(
        "nothing was measured, as nothing fits into the memory; choose shorter --lengths or a smaller --batch")
    }
    for (exponent, _) in MixerComparison.exponents(report.measurements) { console.emit(exponent.jsonLine) }
    console.result(report.text(markdown: markdown))
    try plot.write(on: console) { report.chart(command: $0).svg }
    if let failure = Interruption.outputFailure { throw ExitCode(failure.exitCode) }
    if Interruption.isRequested { throw ExitCode(Interruption.exitCode) }
  }

  /// How far apart the forms of each mixer are; a failure where that is more than rounding.
  private func checkForms(_ layers: [ComparedLayer]) throws -> [String: Double] {
    var differences: [String: Double] = [:]
    var progress = ProgressBar("check", total: layers.count, unit: "mixers", on: output.console)
    defer { progress.finish() }
    for (index, layer) in layers.enumerated() where !Interruption.isRequested {
      progress.update(index, detail: "the forms of \(layer.name)")
      var generator = Philox(seed: seed.seed)
      do { differences[layer.name] = try layer.checkForms(using: &generator) } catch {
        throw CommandFailure("\(error)")
      }
    }
    return differences
  }

  private func layers() throws -> [ComparedLayer] {
    var names = mixer.isEmpty ? MixerKind.names : mixer
    if !names.contains("softmax") { names.insert("softmax", at: 0) }
    var generator = Philox(seed: seed.seed)
    var layers: [ComparedLayer] = []
    for name in names {
      if let kinds = try? MixerPattern(named: name).kinds, kinds.count > 1 {
        let each = kinds.map { "--mixer \($0.name)" }.joined(separator: " ")
        throw ValidationError("--mixer \(name): mixers are measured one by one, by an option each: \(each)")
      }
      do {
        let kind = try MixerKind(named: name)
        if layers.contains(where: { $0.name == kind.name }) { continue }
        layers.append(
          try ComparedLayer(kind, width: width, heads: heads, blocks: blocks, using: &generator))
      } catch { throw ValidationError("--mixer \(name): \(error)") }
    }
    return layers
  }

  private func parsedLengths() throws -> [Int] {
    let most = 1 << 24
    let values = lengths.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard !values.isEmpty, values.allSatisfy({ $0.map { (1...most).contains($0) } ?? false }) else {
      throw ValidationError(
        "--lengths \(lengths): give numbers from 1 to \(Quantity.grouped(most)) with commas between them, such as 512,1024"
      )
    }
    return Array(Set(values.compactMap { $0 })).sorted()
  }
}

extension ComparisonMeasurement {
  fileprivate var jsonLine: JSONLine {
    [
      "mixer": .text(mixer), "length": .integer(length), "mode": .text(mode.rawValue),
      "medianSeconds": .number(medianSeconds), "peakMemoryBytes": .integer(peakByteCount),
    ]
  }
}

extension ComparisonExponent {
  fileprivate var jsonLine: JSONLine {
    ["mixer": .text(mixer), "mode": .text(mode.rawValue), "exponent": .number(exponent)]
  }
}
