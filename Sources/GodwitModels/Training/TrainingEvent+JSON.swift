extension TrainingEvent {
  /// The event as a line of `metrics.jsonl` and of what `--json` prints; nil for what is not kept.
  package func line(_ figures: TaskFigures) -> JSONLine? {
    switch self {
    case .step(let record): record.line(figures)
    case .skipped(let record): record.line
    case .learningRate(let record): record.line
    case .planned(let record): record.line
    case .validation(let record): record.line(figures)
    case .sample(let record): record.line
    case .done(let record): record.line(figures)
    case .started, .progress, .checkpoint: nil
    }
  }
}
