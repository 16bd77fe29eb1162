/// What a run has recorded in `metrics.jsonl`.
public struct RunHistory: Sendable, Hashable {
  /// What its figures are called.
  public let figures: TaskFigures
  /// Steps, in their order, with the mean loss since the one before.
  public internal(set) var steps: [StepRecord] = []
  /// Predictions of the held-out data, in their order.
  public internal(set) var validations: [ValidationRecord] = []
  /// Steps that changed nothing, as their loss or gradient was not finite, in their order.
  public internal(set) var skipped: [SkippedRecord] = []
  /// Changes of the learning rate, in their order.
  public internal(set) var learningRates: [LearningRateRecord] = []
  /// The numbers of steps that were planned after the first, in their order.
  public internal(set) var plan: [PlanRecord] = []
  /// What the model made, in its order.
  public internal(set) var samples: [SampleRecord] = []
  /// Present if the run has come to its end.
  public internal(set) var done: DoneRecord?
  /// How many lines are damaged, or not whole as their writer was killed.
  public internal(set) var unreadableLines = 0

  /// A history of nothing.
  public init(_ figures: TaskFigures) { self.figures = figures }

  /// The best validation, the first of equals.
  public var best: ValidationRecord? {
    validations.dropFirst().reduce(validations.first) { best, next in
      best.map { figures.deciding.isBetter(next.deciding, than: $0.deciding) } == true ? next : best
    }
  }

  /// Reads a file of lines of JSON; one that is not there has none. Lines of an unknown event are passed over, damaged ones are
  /// counted: no model depends on them.
  init(reading path: String, _ figures: TaskFigures) throws(RunError) {
    self.init(figures)
    guard FileIdentity(of: path) != nil else { return }
    do throws(FileError) {
      try MetricsFile.lines(of: path).visit { line throws(FileError) in
        if !append(line) { unreadableLines += 1 }
      }
    } catch { throw .file(error) }
  }

  private mutating func append(_ line: UnsafeBufferPointer<UInt8>?) -> Bool {
    guard let line = line.flatMap(HistoryLine.init), let event = line.text("event") else { return false }
    switch event {
    case "step": return keep(step(line)) { $0.steps.append($1) }
    case "validation": return keep(validation(line)) { $0.validations.append($1) }
    case "skipped": return keep(skipped(line)) { $0.skipped.append($1) }
    case "learningRate": return keep(learningRate(line)) { $0.learningRates.append($1) }
    case "plan": return keep(plan(line)) { $0.plan.append($1) }
    case "sample": return keep(sample(line)) { $0.samples.append($1) }
    case "done": return keep(done(line)) { $0.done = $1 }
    default: return true
    }
  }

  private mutating func keep<Record>(_ record: Record?, _ keep: (inout RunHistory, Record) -> Void) -> Bool {
    guard let record else { return false }
    keep(&self, record)
    return true
  }

  private func step(_ line: HistoryLine) -> StepRecord? {
    guard let step = line.integer("step"), let loss = line.number(figures.loss.key),
      let rate = line.number(figures.rateKey), let elapsed = line.number("elapsedSeconds")
    else { return nil }
    return StepRecord(step: step, loss: loss, unitsPerSecond: rate, elapsedSeconds: elapsed)
  }

  private func validation(_ line: HistoryLine) -> ValidationRecord? {
    guard let step = line.integer("step"), let values = line.figures(figures.heldOut) else { return nil }
    return ValidationRecord(step: step, figures: values)
  }

  private func skipped(_ line: HistoryLine) -> SkippedRecord? {
    guard let step = line.integer("step"), let what = line.text("notFinite") else { return nil }
    return SkippedRecord(step: step, notFinite: what)
  }

  private func learningRate(_ line: HistoryLine) -> LearningRateRecord? {
    guard let step = line.integer("step"), let rate = line.number("learningRate") else { return nil }
    return LearningRateRecord(step: step, learningRate: rate)
  }

  private func plan(_ line: HistoryLine) -> PlanRecord? {
    guard let step = line.integer("step"), let steps = line.integer("steps") else { return nil }
    return PlanRecord(step: step, steps: steps)
  }

  private func sample(_ line: HistoryLine) -> SampleRecord? {
    guard let step = line.integer("step"), let text = line.text("text") else { return nil }
    return SampleRecord(step: step, text: text)
  }

  private func done(_ line: HistoryLine) -> DoneRecord? {
    let found = line.areNull(figures.heldOut) ? [] : line.figures(figures.heldOut)
    guard let steps = line.integer("steps"), let values = found,
      let parameters = line.integer("parameters"), let elapsed = line.number("elapsedSeconds"),
      let peak = line.integer("peakMemoryBytes"), let run = line.text("run")
    else { return nil }
    return DoneRecord(
      steps: steps, figures: values, parameters: parameters, elapsedSeconds: elapsed, peakMemoryBytes: peak, run: run)
  }
}
