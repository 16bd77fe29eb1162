extension TrainingSession {
  /// Adds an event to the history, then tells of it.
  mutating func record(_ event: TrainingEvent, _ report: (TrainingEvent) -> Void) throws(TrainingError) {
    if let line = event.line(Task.figures) {
      do throws(FileError) { try metrics.append(line) } catch { throw .notSaved(.file(error), lastGood: saved) }
    }
    switch event {
    case .step(let record): history.steps.append(record)
    case .skipped(let record): history.skipped.append(record)
    case .learningRate(let record): history.learningRates.append(record)
    case .planned(let record): history.plan.append(record)
    case .validation(let record): history.validations.append(record)
    case .sample(let record): history.samples.append(record)
    case .done(let record): history.done = record
    case .started, .progress, .checkpoint: break
    }
    report(event)
  }

  /// All that training needs to go on.
  static func checkpoint(of state: TrainingState<Task>, _ configuration: RunConfiguration<Task>) -> Checkpoint<Task> {
    Checkpoint(
      model: state.model, configuration: configuration.model, progress: state.progress, optimizer: state.optimizer)
  }

  /// Saves all that training needs to go on, and the picture of the losses.
  mutating func save(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    let begun = clock()
    try write(Self.checkpoint(of: state, configuration), as: .last, report)
    saved = SavedCheckpoint(run: folder.path, step: state.progress.step)
    lastSave = clock()
    isSaveDue = false
    do throws(RunError) {
      let charts = LossChart.svgs(history, command: configuration.command)
      try RunFolder.replace(folder.chart, with: charts.loss.utf8)
      if let heldOut = charts.heldOut { try RunFolder.replace(folder.heldOutChart, with: heldOut.utf8) }
    } catch { throw .notSaved(error, lastGood: saved) }
    let seconds = clock() - begun
    budget?.measure(\.saving, seconds: seconds)
  }

  /// Writes a checkpoint in the place of the last one of its kind, unless it is spoilt.
  func write(
    _ checkpoint: Checkpoint<Task>, as kind: CheckpointKind, _ report: (TrainingEvent) -> Void
  ) throws(TrainingError) {
    let step = checkpoint.progress.step
    guard checkpoint.isFinite else { throw .notFinite(what: "a parameter", step: step, lastGood: saved) }
    do throws(FileError) { try metrics.synchronize() } catch { throw .notSaved(.file(error), lastGood: saved) }
    do throws(RunError) { try checkpoint.write(to: folder.checkpoint(kind)) } catch {
      throw .notSaved(error, lastGood: saved)
    }
    report(.checkpoint(step: step, path: folder.checkpoint(kind)))
  }
}
