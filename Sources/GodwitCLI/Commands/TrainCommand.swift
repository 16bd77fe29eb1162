import ArgumentParser
import Foundation
import GodwitModels

/// `godwit train`.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a byte-level language model on text.",
    discussion: """
      Without a path it learns from the text files of the current folder, for about three minutes. The run's folder \
      holds config.json, text.jsonl, text.copy (the text itself), metrics.jsonl, loss.svg and the checkpoints last.safetensors and best.safetensors. \
      Ctrl-C, a request to end (SIGTERM) and a terminal that is closed save before it ends; --resume goes on from the last checkpoint bit for bit as if never stopped. Where the \
      text has moved, its new place stands beside --resume. A step whose loss or gradient is not a finite number changes \
      nothing; ten in a row end the run, and --resume with a lower --learning-rate goes on from the last good \
      checkpoint. A finished run is not made longer; --from begins a new one \
      with its weights.

      EXAMPLES
        godwit train
        godwit train letters diary.txt --minutes 30 --width 384 --out runs/letters
        godwit train --resume runs/letters
        godwit train new-letters --from runs/letters --learning-rate 1e-4 --json
        godwit train letters --from changed.safetensors --width 128 --depth 4
      """)

  @Argument(
    help: ArgumentHelp(
      "Files of text, or folders, which are read with all text in them but hidden files and runs.", valueName: "path"))
  var paths: [String] = []

  @OptionGroup(title: "Model") var model: ModelArguments
  @OptionGroup(title: "Training") var training: TrainingArguments

  @Option(help: ArgumentHelp("Go on with the run in this folder.", valueName: "run"))
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "Begin with the weights of the run in this folder, or of a safetensors file, whoever wrote it. A run, or a file that 'godwit export' wrote, brings its architecture; for any other file the options above describe it.",
      valueName: "run or file"))
  var from: String?

  @Flag(
    inversion: .prefixedNo,
    help:
      "Keep a copy of the text in the run, if it has at most 256 MiB, so that its files may be changed or removed; without it the run needs them as they are. (default: --copy)"
  )
  var copy: Bool?

  @OptionGroup var out: OutOption
  @OptionGroup var threads: ThreadsOption
  @OptionGroup var output: OutputOptions

  func validate() throws {
    for path in paths { try refuseEmptyPath(path, "<path>") }
    try refuseEmptyPath(resume, "--resume")
    try refuseEmptyPath(from, "--from")
    guard resume != nil else { return }
    if from != nil { throw ValidationError("--resume and --from: give one of them") }
    if copy != nil { throw ValidationError("--resume and --copy or --no-copy: that was decided as the run began") }
    if out.out != nil { throw ValidationError("--resume and --out: a run goes on in its own folder") }
  }

  func run() throws {
    threads.apply()
    let trainer: Trainer<LanguageModeling>
    do { trainer = try makeTrainer() } catch let error as TrainingError { throw error.inOptionNames }
    Interruption.watch()
    var report = TrainingReport(of: trainer.task, try trainer.task.summary(), on: output.console)
    report.isCopyExpected = copy != false && resume == nil
    let outcome: Trainer<LanguageModeling>.Outcome
    do { outcome = try train(trainer, &report) } catch {
      report.clear()
      throw error
    }
    report.end(outcome)
    if let failure = Interruption.outputFailure { throw ExitCode(failure.exitCode) }
    if outcome != .finished { throw ExitCode(Interruption.exitCode) }
  }

  /// Trains; if another process has taken the name that was found for the run meanwhile, under another one.
  private func train(
    _ trainer: Trainer<LanguageModeling>, _ report: inout TrainingReport
  ) throws -> Trainer<LanguageModeling>.Outcome {
    func shouldStop() -> Bool { Interruption.isRequested }
    let isNameFound = resume == nil && out.out == nil
    do throws(TrainingError) {
      return try trainer.train(shouldStop: shouldStop) { report.tell($0) }
    } catch {
      switch error {
      case .run(.busy) where isNameFound, .run(.exists) where isNameFound: break
      default: throw error
      }
    }
    return try train(try makeTrainer(), &report)
  }

  private func makeTrainer() throws -> Trainer<LanguageModeling> {
    if let resume { return try resumedTrainer(of: resume) }
    var origin: Run<LanguageModeling>?
    var weights: WeightsFile?
    if let from {
      if FileKind.isFile(from) { weights = try WeightsFile(reading: from) } else { origin = try Run(loading: from) }
    }
    let request = TrainingRequest(
      paths: paths.isEmpty ? ["."] : paths, folder: out.out ?? "",
      model: try model.applied(to: origin?.configuration.model ?? weights?.configuration),
      options: training.applied(to: TextTrainingOptions()), from: origin,
      weights: weights?.path, copiesText: copy ?? true,
      command: ShellCommand.current)
    var named = request
    if out.out == nil { named.folder = RunName.free(text: request.paths, mixer: request.model.mixer) }
    return try Trainer(named)
  }

  /// A resumed run has the options that it began with, so one that is given must be the same.
  private func resumedTrainer(of path: String) throws -> Trainer<LanguageModeling> {
    let run = try Run(loading: path)
    var wanted = run.configuration
    wanted.model = try model.applied(to: wanted.model)
    wanted.training = training.applied(to: wanted.training)
    // The one option that may change: the trainer takes it, and the run keeps record of it.
    let learningRate = training.learningRate
    // The time became a number of steps as the run began.
    if training.steps == nil { wanted.training.steps = run.configuration.training.steps }
    do throws(ConfigurationError) { try wanted.model.validate() } catch { throw TrainingError.configuration(error) }
    do throws(TrainingOptionError) { try wanted.training.validate() } catch { throw TrainingError.option(error) }
    wanted.training.learningRate = run.configuration.training.learningRate
    let differences =
      FieldDifference.between(expected: run.configuration.model, found: wanted.model)
      + FieldDifference.between(expected: run.configuration.training, found: wanted.training)
    guard differences.isEmpty else {
      throw ResumeError(run: path, steps: run.configuration.training.steps ?? 1, differences: differences)
    }
    if let problem = run.historyProblem { output.console.warn(problem) }
    return try Trainer(resuming: path, paths: paths.isEmpty ? nil : paths, learningRate: learningRate)
  }
}

private enum FileKind {
  static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }
}

/// An option that a resumed run does not have.
private struct ResumeError: Error, CustomStringConvertible {
  let run: String
  let steps: Int
  let differences: [FieldDifference]

  var description: String {
    var parts = differences.filter { $0.field != "minutes" }.map(OptionName.difference)
    if let minutes = differences.first(where: { $0.field == "minutes" }) {
      parts.append("its length is \(Quantity.counted(steps, "step")), not --minutes \(minutes.found)")
    }
    return "the run in \(run) goes on only with what it began with: " + parts.joined(separator: "; ")
      + ". Leave these options out, or begin a new run from its weights with --from \(run)"
  }
}
