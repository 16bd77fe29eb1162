import ArgumentParser
import GodwitLayers
import GodwitModels

/// What the problems of memory have in common on the command line.
struct RecallArguments: ParsableArguments {
  static let discussion = """
    Each mixer is that of a model of --depth blocks, otherwise as 'godwit train' makes it, trained by AdamW on examples that \
    are never seen twice, and tested on others that are the same for all. The table tells which part of the answers is \
    right, beside what guessing gives. The folder keeps results.jsonl, accuracy.svg and a run for each model. Ctrl-C saves; \
    the same command with --out goes on, and with more mixers adds them. 'godwit compare --help' lists the mixers.
    """
  private static let mixers = ["mamba", "mamba2", "retnet", "rwkv4", "linear", "softmax"]

  @Option(
    help: ArgumentHelp(
      "A mixer, with settings if wanted; several by several options. (default: \(Self.mixers.joined(separator: ", ")))",
      valueName: "name"))
  var mixer: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The width of the models; several with commas.", valueName: "numbers"))
  var width = "64"

  @Option(parsing: .unconditional, help: "The number of blocks.")
  var depth = 2

  @Option(
    parsing: .unconditional,
    help: "The number of heads of each mixer, a divisor of the width. (default: 4; of associative recall 1)")
  var heads: Int?

  @Option(
    parsing: .unconditional, help: "The tokens of a sequence to learn from. (default: 256; of associative recall 128)")
  var length: Int?

  @Option(
    parsing: .unconditional,
    help: "What is to be found again in each: tokens, or pairs. (default: 16; of induction heads 1)")
  var items: Int?

  @Option(
    parsing: .unconditional,
    help: "The number of different tokens, at most 256. (default: 16; of associative recall 256)")
  var vocabulary: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The lengths to test at, with commas between them. (default: --length; of induction heads 64 to 16384)",
      valueName: "numbers"))
  var testLengths: String?

  @Option(parsing: .unconditional, help: "The number of training steps.")
  var steps = 5_000

  @Option(parsing: .unconditional, help: "The sequences of one step.")
  var batch = 32

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The greatest learning rate; of several with commas, the one that validates best is tested.", valueName: "numbers"
    ))
  var learningRate = "3e-3"

  @Option(parsing: .unconditional, help: "The rate of decoupled weight decay.")
  var weightDecay = 0.01

  @OptionGroup var seed: SeedOption

  @Option(help: ArgumentHelp("The folder to make, or to go on with. (default: a new one in runs)", valueName: "folder"))
  var out: String?

  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: OutputOptions

  /// Stops what no study can be made of.
  func check(_ kind: RecallProblem.Kind) throws {
    try refuseEmptyPath(out, "--out")
    do { _ = try study(kind, folder: out ?? "runs/new") } catch let failure as CommandFailure {
      throw ValidationError("\(failure)")
    }
  }

  func run(_ kind: RecallProblem.Kind) throws {
    threads.apply()
    Interruption.watch()
    let study = try study(kind, folder: out ?? RunName.free(problem: kind.rawValue))
    let again = ShellCommand.line(
      ShellCommand.program, CommandLine.arguments.dropFirst() + (out == nil ? ["--out", study.folder] : []))
    var runner = RecallRunner(study, again: again, on: output.console)
    try runner.run()
  }

  private func study(_ kind: RecallProblem.Kind, folder: String) throws -> RecallStudy {
    let problem = RecallProblem(kind, length: length, items: items, vocabulary: vocabulary)
    let lengths = try testLengths.map { try numbers($0, "--test-lengths", Int.init) }
    let defaults = kind == .inductionHeads ? [64, 256, 1_024, 4_096, 16_384] : [problem.length]
    let study = RecallStudy(problem: problem, testLengths: (lengths ?? defaults).sorted(), folder: folder)
    do throws(TrainingOptionError) {
      try problem.validate()
      for length in study.testLengths { try problem.of(length: length).validate() }
    } catch { throw TrainingError.option(error).inOptionNames }
    var result = study
    for width in try numbers(width, "--width", Int.init) {
      for name in mixer.isEmpty ? Self.mixers : mixer {
        for rate in try numbers(learningRate, "--learning-rate", { Double($0) }) {
          do throws(TrainingError) { try result.add(trial(name, width, rate, problem)) } catch {
            throw error.inOptionNames
          }
        }
      }
    }
    return result
  }

  /// One training, with all its options decided.
  private func trial(
    _ mixer: String, _ width: Int, _ learningRate: Double, _ problem: RecallProblem
  ) throws(TrainingError) -> RecallTrial {
    let isAssociative = problem.kind == .associativeRecall
    let model = LanguageModelConfiguration(
      mixer: mixer, width: width, depth: depth, heads: heads ?? (isAssociative ? 1 : 4))
    let task = try TokenRecall(problem, model)
    var options = RecallTrainingOptions(
      TrainingOptions(
        steps: steps, batch: batch, learningRate: learningRate,
        seed: seed.seed), weightDecay: weightDecay)
    try TokenRecall.validate(task.model, options)
    options.training = options.training.resolved(
      forSteps: steps, leastEvaluationInterval: task.leastEvaluationInterval(options))
    return RecallTrial(task: task, options: options)
  }

  private func numbers<Value>(_ text: String, _ option: String, _ parse: (String) -> Value?) throws -> [Value] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let value = parse(String(part)) else {
        throw ValidationError("\(option) \(text): give numbers with commas between them")
      }
      return value
    }
  }
}
