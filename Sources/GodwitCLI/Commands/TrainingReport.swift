import GodwitModels

/// Tells a person, or a program, how training goes.
struct TrainingReport {
  private let model: LanguageModelConfiguration
  private let console: Console
  private var start: TrainingStart?
  private var bar: ProgressBar?
  private var best: Double?

  init(model: LanguageModelConfiguration, on console: Console) {
    self.model = model
    self.console = console
  }

  mutating func tell(_ event: TrainingEvent) {
    if let line = event.line { console.emit(line) }
    switch event {
    case .started(let start): begin(start)
    case .progress(let record):
      let loss = Quantity.fixed(record.trainBitsPerByte, digits: 3)
      bar?.update(record.step, detail: "\(loss) bits per byte")
    case .validation(let record):
      let loss = record.validationBitsPerByte
      let isBest = best.map { loss < $0 } ?? true
      if isBest { best = loss }
      bar?.note(
        "step \(Quantity.grouped(record.step)): \(Quantity.fixed(loss, digits: 3)) bits per byte on held-out text"
          + (isBest ? "" : " (best: \(Quantity.fixed(best!, digits: 3)))"))
    case .sample(let record):
      bar?.note("the model writes:\n" + record.text.split(separator: "\n").map { "  | \($0)" }.joined(separator: "\n"))
    case .done(let record): finish(record)
    case .step, .checkpoint: break
    }
  }

  private mutating func begin(_ start: TrainingStart) {
    self.start = start
    let skipped = start.skippedFiles == 0 ? "" : " (\(Quantity.grouped(start.skippedFiles)) others left out)"
    console.note(
      "text: \(Quantity.grouped(start.files)) \(start.files == 1 ? "file" : "files")\(skipped), "
        + "\(Quantity.bytes(start.trainingBytes)) to learn from, \(Quantity.bytes(start.heldOutBytes)) held out, of which "
        + "\(Quantity.bytes(start.evaluationBytes)) are predicted now and then; their bytes alone have "
        + "\(Quantity.fixed(start.unigramBitsPerByte, digits: 2)) bits each")
    console.note(
      "model: \(model.mixer), width \(model.width), \(model.depth) blocks, context \(model.context), "
        + "\(Quantity.grouped(start.parameters)) parameters")
    console.note(
      (start.step == 0 ? "" : "going on after step \(Quantity.grouped(start.step)): ")
        + "\(Quantity.grouped(start.steps)) steps of \(Quantity.bytes(start.bytesPerStep)) each, into \(start.folder)"
    )
    bar = ProgressBar(
      "train", total: start.steps, done: start.step, unitsPerStep: Double(start.bytesPerStep), unit: "tokens",
      on: console)
  }

  private mutating func finish(_ record: DoneRecord) {
    bar?.finish()
    console.result(
      "\(Quantity.fixed(record.validationBitsPerByte, digits: 3)) bits per byte on held-out text after "
        + "\(Quantity.grouped(record.steps)) steps in \(Quantity.duration(seconds: record.elapsedSeconds)); "
        + "\(Quantity.grouped(record.parameters)) parameters, at most \(Quantity.bytes(record.peakMemoryBytes)) of memory"
    )
    console.result("The curve is \(record.run)/loss.svg. Now let it write:")
    let arguments = ["generate", record.run, "--prompt", "The ", "--bytes", "500"]
    console.result("  " + ShellCommand.line(ShellCommand.program, arguments))
  }

  /// Says how it ended, if not by its own last event.
  mutating func end(_ outcome: Trainer.Outcome) {
    bar?.finish()
    switch outcome {
    case .finished:
      break
    case .interrupted(let checkpoint):
      let run = start?.folder ?? checkpoint.path
      console.note(
        "interrupted after step \(Quantity.grouped(checkpoint.step)) and saved; go on with:\n  "
          + ShellCommand.line(ShellCommand.program, ["train", "--resume", run]))
    case .abandoned:
      console.note("interrupted before the first step; nothing was written")
    }
  }
}
