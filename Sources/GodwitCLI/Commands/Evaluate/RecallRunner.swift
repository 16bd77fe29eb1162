import ArgumentParser
import Foundation
import GodwitModels

/// Trains and tests the models of a study, one after the other, and tells of it.
struct RecallRunner {
  private let study: RecallStudy
  private let console: Console
  /// The command that goes on where this one was interrupted.
  private let again: String
  private var results: [RecallResult] = []

  init(_ study: RecallStudy, again: String, on console: Console) {
    (self.study, self.again, self.console) = (study, again, console)
  }

  mutating func run() throws {
    try study.checkFiles()
    let problem = study.problem
    console.note(
      "\(problem.kind.rawValue): sequences of \(Quantity.grouped(problem.length)) tokens out of \(problem.vocabulary), "
        + "\(Quantity.counted(problem.items, "item")) to find again; guessing is right in "
        + "\(percent(problem.baselineAccuracy)); into \(study.folder)")
    for contest in study.contests where !Interruption.isRequested {
      var trained: [RecallResult] = []
      for trial in contest where !Interruption.isRequested {
        if let result = try train(trial) { trained.append(result) }
      }
      guard !Interruption.isRequested, var best = trained.max(by: { $0.validationAccuracy < $1.validationAccuracy })
      else { continue }
      if try test(&best) {
        results.append(best)
        best.lines.forEach(console.emit)
      }
    }
    try finish()
  }

  /// Trains a model to its end, or reads what was trained before; nil if it was interrupted or could not learn.
  private func train(_ trial: RecallTrial) throws -> RecallResult? {
    let folder = study.folder(of: trial)
    let trainer: Trainer<TokenRecall>
    if FileManager.default.fileExists(atPath: RunFolder(folder).configuration) {
      let run = try Run(loading: folder, of: TokenRecall.self)
      try requireSame(run, trial)
      if run.history.done != nil { return result(of: run, trial) }
      trainer = try Trainer(resuming: folder) { run, _ throws(TrainingError) in try TokenRecall(run) }
    } else {
      trainer = try Trainer(
        NewRun(trial.task, folder: folder, options: trial.options, command: ShellCommand.current))
    }
    guard try train(trainer, trial) else { return nil }
    return result(of: try Run(loading: folder, of: TokenRecall.self), trial)
  }

  /// Whether training came to its end.
  private func train(_ trainer: Trainer<TokenRecall>, _ trial: RecallTrial) throws -> Bool {
    var bar: ProgressBar?
    var accuracy = ""
    defer { bar?.finish() }
    do throws(TrainingError) {
      func shouldStop() -> Bool { Interruption.isRequested }
      let outcome = try trainer.train(shouldStop: shouldStop) { event in
        switch event {
        case .started(let start):
          console.note(
            "\(trial.mixer), width \(trial.width), learning rate \(trial.learningRate): "
              + "\(Quantity.grouped(start.parameters)) parameters, \(Quantity.counted(start.steps, "step")) of "
              + Quantity.counted(trial.options.training.batch, "sequence"))
          bar = ProgressBar(
            trial.mixer, total: start.steps, done: start.step, unitsPerStep: Double(start.unitsPerStep),
            unit: "tokens", on: console)
        case .progress(let record):
          bar?.update(record.step, detail: "\(Quantity.fixed(record.loss, digits: 3)) bits per answer" + accuracy)
        case .validation(let record): accuracy = ", \(percent(record.deciding)) right"
        case .done(let record):
          bar?.finish()
          console.note(
            "\(trial.mixer): \(percent(record.figures[0])) right after \(Quantity.duration(seconds: record.elapsedSeconds))"
          )
        default: break
        }
      }
      return outcome == .finished
    } catch {
      // Another learning rate, or another mixer, may do better.
      guard case .skippedInRow = error else { throw error }
      bar?.finish()
      console.warn("\(trial.mixer), learning rate \(trial.learningRate): \(error)")
      return false
    }
  }

  private func requireSame(_ run: Run<TokenRecall>, _ trial: RecallTrial) throws {
    let known = run.configuration
    let differences =
      FieldDifference.between(expected: known.data, found: trial.task.data)
      + FieldDifference.between(expected: known.model, found: trial.task.model)
      + FieldDifference.between(expected: known.training, found: trial.options)
    if differences.isEmpty { return }
    throw CommandFailure(
      "the run in \(run.folder.path) was made with other options: "
        + differences.map(OptionName.difference).joined(separator: "; ")
        + "; give the same ones, or another folder with --out")
  }

  private func result(of run: Run<TokenRecall>, _ trial: RecallTrial) -> RecallResult? {
    guard let done = run.history.done else { return nil }
    return RecallResult(
      trial: trial, run: run.folder.path, parameters: done.parameters, trainSeconds: done.elapsedSeconds,
      validationAccuracy: run.history.best?.deciding ?? 0,
      course: run.history.validations.map { SIMD2(Double($0.step), $0.deciding) })
  }

  /// Tests a model at every length; false if it was interrupted.
  private func test(_ result: inout RecallResult) throws -> Bool {
    let model = try Run(loading: result.run, of: TokenRecall.self).model()
    for length in study.testLengths {
      var evaluator = RecallEvaluator(model, study.problem.of(length: length))
      var bar = ProgressBar(
        "test at \(Quantity.grouped(length))", total: evaluator.count, unitsPerStep: Double(length), unit: "tokens",
        on: console)
      defer { bar.finish() }
      while !evaluator.isFinished {
        if Interruption.isRequested { return false }
        evaluator.advance()
        bar.update(evaluator.score.sequences, detail: "\(percent(evaluator.score.accuracy)) right")
      }
      result.scores.append((length, evaluator.score))
    }
    return true
  }

  /// The table, the picture and the file, of what is known.
  private func finish() throws {
    if !results.isEmpty {
      let report = RecallReport(study, results)
      console.result(report.table.plain)
      let text = results.flatMap(\.lines).map { $0.text + "\n" }.joined()
      try AtomicFile.write(text.utf8, to: study.resultsFile)
      try AtomicFile.write(report.chart(command: ShellCommand.current).svg.utf8, to: study.chartFile)
      console.note("the results are in \(study.resultsFile), the picture is \(study.chartFile)")
    }
    if let failure = Interruption.outputFailure { throw ExitCode(failure.exitCode) }
    if Interruption.isRequested {
      console.note("interrupted and saved; go on with:\n  \(again)")
      throw ExitCode(Interruption.exitCode)
    }
    if results.isEmpty { throw CommandFailure("no model learned anything; try a lower --learning-rate") }
  }
}

/// A part as people read it: 97.3 %.
func percent(_ part: Double) -> String { "\(Quantity.fixed(100 * part, digits: 1)) %" }
