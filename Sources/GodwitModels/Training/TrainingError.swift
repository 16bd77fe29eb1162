/// Why training cannot begin or go on.
public enum TrainingError: Error, Sendable, CustomStringConvertible {
  /// There is no such architecture.
  case configuration(ConfigurationError)
  /// An option has a value that it cannot have.
  case option(TrainingOptionError)
  /// The text cannot be read.
  case text(CorpusError)
  /// The task could not give what it was asked for.
  case task(any Error)
  /// A resumed run's data are not those that it began with.
  case dataChanged(run: String, difference: String)
  /// A resumed run's text is not the one that it began with.
  case textChanged(run: String, difference: String)
  /// A run has no text, as its model was trained elsewhere.
  case noText(run: String)
  /// A file of weights is not one of the model.
  case weights(WeightsError)
  /// The copy that a run keeps of its text is not what was written.
  case textCopyChanged(run: String, path: String)
  /// A file of a resumed run's text is not where it was.
  case textMissing(run: String, path: String)
  /// One step would need more memory than the machine has.
  case tooMuchMemory(byteCount: Double, available: Double)
  /// A run that was to be tuned has another architecture.
  case otherArchitecture(run: String, differences: [FieldDifference])
  /// The folder of the run cannot be used.
  case run(RunError)
  /// A parameter, or a figure on the held-out data, is no longer a finite number.
  case notFinite(what: String, step: Int, lastGood: SavedCheckpoint)
  /// So many steps in a row had a loss or a gradient that is not finite, `what` in the last of them.
  case skippedInRow(Int, what: String, step: Int, lastGood: SavedCheckpoint)
  /// The run could not be saved.
  case notSaved(RunError, lastGood: SavedCheckpoint)

  public var description: String {
    switch self {
    case .configuration(let error): "\(error)"
    case .option(let error): "\(error)"
    case .text(let error): "\(error)"
    case .task(let error): "\(error)"
    case .dataChanged(let run, let difference):
      "the data are not those that the run in \(run) began with, so the run cannot go on as if never stopped: "
        + "\(difference); restore the data, or begin a new run"
    case .textChanged(let run, let difference):
      "the text is not the one that the run in \(run) began with, so the run cannot go on as if never stopped: "
        + "\(difference); restore the text, give its place with --resume \(run) PATH, or begin a new run "
        + "from its weights with --from \(run)"
    case .noText(let run):
      "the run in \(run) was made from a model without a text, so it cannot go on; begin a new run from its weights with "
        + "--from \(run)"
    case .weights(let error): "\(error)"
    case .textCopyChanged(let run, let path):
      "\(path), the text that the run in \(run) learns from, was changed after it was written; restore it, give the place of "
        + "the text with --resume \(run) PATH, or begin a new run from its weights with --from \(run)"
    case .textMissing(let run, let path):
      "the run in \(run) learns from \(path), which is gone; put it back, or give the place of the text with "
        + "--resume \(run) PATH"
    case .tooMuchMemory(let byteCount, let available):
      "one step would need about \(gibibytes(byteCount)) GiB of memory, and this process may have "
        + "\(gibibytes(available)): choose a smaller batch, context, width or depth"
    case .otherArchitecture(let run, let differences):
      "a run that starts from \(run) has its architecture, but "
        + differences.map(\.description).joined(separator: "; ")
        + ": leave these options out, or train without --from"
    case .run(let error): "\(error)"
    case .notFinite(let what, let step, let lastGood):
      "\(what) after step \(Quantity.grouped(step)) is not a finite number, so the run stops; the last good checkpoint is "
        + "\(lastGood): "
        + remedy(lastGood)
    case .skippedInRow(let count, let what, let step, let lastGood):
      "the loss or the gradient of \(count) steps in a row is not finite, at last the \(what) of step "
        + "\(Quantity.grouped(step)), so the run stops; the last good checkpoint is \(lastGood): " + remedy(lastGood)
    case .notSaved(let error, let lastGood):
      "\(error); the run stops, and its last good checkpoint is \(lastGood): go on from it with --resume \(lastGood.run)"
    }
  }
}

/// What to do when a model is spoilt.
private func remedy(_ lastGood: SavedCheckpoint) -> String {
  lastGood.step == 0
    ? "begin again with a lower --learning-rate"
    : "go on from it with --resume \(lastGood.run) and a lower --learning-rate, or begin a new run from its best weights "
      + "with --from \(lastGood.run)"
}

/// A checkpoint that is complete on the disk.
public struct SavedCheckpoint: Sendable, Hashable, CustomStringConvertible {
  /// The folder of its run.
  public let run: String
  /// The number of steps that its model has had.
  public let step: Int

  /// Where it is.
  public var path: String { RunFolder(run).checkpoint(.last) }

  public var description: String { "\(path) (after \(Quantity.counted(step, "step")))" }
}

private func gibibytes(_ byteCount: Double) -> String { Quantity.rounded(byteCount / 0x1p30) }
