import ArgumentParser
import GodwitBenchmarks
import GodwitModels

/// `godwit benchmark`.
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Time the building blocks beside what this machine can do.",
    discussion: """
      Each line names a piece of work as subject/shape/…, its median and least time, its rate, and how near the median \
      is to the floor: the time that the arithmetic or the memory traffic alone would take, by the machine's peak as \
      measured in the same run. A last column says how many times as fast the work is as another way to do it, where \
      the two are timed in turn. Measure on an idle machine. The first run of all benchmarks takes several minutes.

      EXAMPLES
        godwit benchmark --list
        godwit benchmark --filter '^matmul/'
        godwit benchmark --filter 'attention.*/4096' --threads 1 --json
      """)

  @Option(
    help: ArgumentHelp("Only the benchmarks in whose name this matches somewhere.", valueName: "regular expression"))
  var filter: String?

  @Option(parsing: .unconditional, help: "Seconds of repetitions for each benchmark; at least three are made.")
  var seconds = 2.5

  @Flag(help: "Only list the names.")
  var list = false

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds \(seconds): give a number above 0, at most 3600")
    }
    _ = try selection()
  }

  func run() throws {
    let console = output.console
    threads.apply()
    let selection = try selection()
    if list {
      for benchmark in selection {
        console.result(benchmark.name)
        console.emit(["name": .text(benchmark.name), "work": .number(benchmark.work), "unit": .text(benchmark.unit)])
      }
      return
    }
    let table = BenchmarkTable(nameWidth: selection.map(\.name.count).max() ?? 0)
    console.result(table.heading)
    let runner = BenchmarkRunner(budget: seconds)
    var progress = ProgressBar("benchmark", total: selection.count, unit: "benchmarks", on: console)
    for (index, benchmark) in selection.enumerated() {
      if StandardStream.error.isTerminal { progress.update(index, detail: benchmark.name) }
      let result = try runner.run(benchmark)
      progress.finish()
      console.result(table.row(result))
      console.emit(result.jsonLine)
    }
  }

  private func selection() throws -> [Benchmark] {
    let selection: [Benchmark]
    do {
      selection = try BenchmarkRegistry.matching(filter)
    } catch {
      throw ValidationError("--filter '\(filter ?? "")' is not a regular expression: \(error)")
    }
    guard !selection.isEmpty else {
      throw ValidationError("--filter '\(filter ?? "")' matches no benchmark; 'godwit benchmark --list' names them")
    }
    return selection
  }
}

extension BenchmarkResult {
  var jsonLine: JSONLine {
    [
      "name": .text(name), "medianSeconds": .number(medianSeconds), "minSeconds": .number(minSeconds),
      "work": .number(work), "unit": .text(unit), "floorSeconds": floorSeconds.map(JSONValue.number) ?? .null,
      "fractionOfFloor": fractionOfFloor.map(JSONValue.number) ?? .null, "threads": .integer(threads),
      "repetitions": .integer(repetitions), "reference": reference.map(JSONValue.text) ?? .null,
      "speedup": speedup.map(JSONValue.number) ?? .null,
    ]
  }
}

/// Results in columns.
private struct BenchmarkTable {
  let nameWidth: Int

  var heading: String { columns("name", "median", "least", "rate", "of the floor", "threads", "") }

  func row(_ result: BenchmarkResult) -> String {
    columns(
      result.name, Quantity.duration(seconds: result.medianSeconds), Quantity.duration(seconds: result.minSeconds),
      "\(Quantity.scaled(result.rate))\(result.unit)/s",
      result.fractionOfFloor.map { "\(Quantity.fixed($0 * 100, digits: 0)) %" } ?? "", String(result.threads),
      result.speedup.map { "\(Quantity.fixed($0, digits: 2)) × \(result.reference!)" } ?? "")
  }

  private func columns(
    _ name: String, _ median: String, _ least: String, _ rate: String, _ floor: String, _ threads: String,
    _ speedup: String
  ) -> String {
    let cells = [
      name.padded(to: nameWidth), median.padded(to: -10), least.padded(to: -10), rate.padded(to: -18),
      floor.padded(to: -12), threads.padded(to: -7),
    ]
    return (cells + (speedup.isEmpty ? [] : [speedup])).joined(separator: "  ")
  }
}

extension String {
  /// Filled with spaces to a width, on the right; on the left if it is negative.
  fileprivate func padded(to width: Int) -> String {
    let spaces = String(repeating: " ", count: max(Swift.abs(width) - count, 0))
    return width < 0 ? spaces + self : self + spaces
  }
}
