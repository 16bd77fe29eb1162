extension TrainingEvent {
  /// The event as a line of `metrics.jsonl` and of `godwit train --json`; nil for what is not kept.
  package var line: JSONLine? {
    switch self {
    case .step(let record): record.line
    case .validation(let record): record.line
    case .sample(let record): record.line
    case .done(let record): record.line
    case .started, .progress, .checkpoint: nil
    }
  }
}
