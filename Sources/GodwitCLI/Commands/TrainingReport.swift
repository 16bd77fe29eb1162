import GodwitLayers
import GodwitModels

/// Tells a person, or a program, how training goes.
struct TrainingReport {
  private let model: LanguageModelConfiguration
  private let text: TextSummary
  private let console: Console
  private var start: TrainingStart?
  private var bar: ProgressBar?
  private var best: Double?
  /// The loss on the text learned from, as recorded last.
  private var trainingLoss: Double?
  /// Whether the text was to be kept in the run.
  var isCopyExpected = false
  /// Steps whose loss or gradient was not finite.
  private var skipped = 0

  init(of task: LanguageModeling, _ text: TextSummary, on console: Console) {
    model = task.model
    self.text = text
    self.console = console
  }

  mutating func tell(_ event: TrainingEvent) {
    if let line = event.line(LanguageModeling.figures) { console.emit(line) }
    switch event {
    case .started(let start): begin(start)
    case .progress(let record):
      let loss = Quantity.fixed(record.trainBitsPerByte, digits: 3)
      let detail = "\(loss) bits per byte" + skippedNote
      bar?.update(record.step, detail: detail)
    case .skipped(let record):
      skipped += 1
      let detail = "the \(record.notFinite) is not finite" + skippedNote
      bar?.update(record.step, detail: detail)
    case .learningRate(let record):
      console.note(
        "the learning rate is \(Quantity.rounded(record.learningRate)) at most from step \(Quantity.grouped(record.step)) on"
      )
    case .planned(let record): bar?.total = record.steps
    case .validation(let record):
      let loss = record.validationBitsPerByte
      let isBest = best.map { loss < $0 } ?? true
      if isBest { best = loss }
      bar?.note(
        "step \(Quantity.grouped(record.step)): \(Quantity.fixed(loss, digits: 3)) bits per byte on held-out text"
          + (isBest ? "" : " (best: \(Quantity.fixed(best!, digits: 3)))"))
    case .sample(let record):
      guard !console.isJSON else { break }  // it has been printed as an object
      let lines = TerminalText.escaped(record.text).split(separator: "\n")
      bar?.note("the model writes:\n" + lines.map { "  | \($0)" }.joined(separator: "\n"))
    case .done(let record): finish(record)
    case .step(let record): trainingLoss = record.trainBitsPerByte
    case .checkpoint: break
    }
  }

  private var skippedNote: String { skipped == 0 ? "" : " · \(Quantity.grouped(skipped)) skipped" }

  private mutating func begin(_ start: TrainingStart) {
    self.start = start
    let skipped = text.skipped.total == 0 ? "" : " (\(text.skipped))"
    console.note(
      "text: \(Quantity.counted(text.files, "file"))\(skipped), \(Quantity.bytes(text.trainingBytes)) to learn from, "
        + heldOut)
    if isCopyExpected, !text.isCopied {
      console.note("so long a text is not copied: the run needs its files as they are now")
    }
    console.note(
      "model: \(model.mixer), width \(model.width), \(Quantity.counted(model.depth, "block")), context \(model.context), "
        + "\(Quantity.grouped(start.parameters)) parameters")
    let chunks = (try? MixerPattern(named: model.mixer))?.kinds.compactMap { $0.value(ofSetting: "chunk") } ?? []
    for case .whole(let chunk) in Set(chunks) where chunk >= model.context {
      console.note(
        "in a context of \(model.context) a chunk of \(Quantity.grouped(chunk)) has none before it, so what reads those is not "
          + "trained; set a shorter one behind the mixer's name: chunk=\(max(model.context / 4, 1))")
    }
    if start.step == start.steps {
      console.note(
        "the run is finished after \(Quantity.counted(start.steps, "step")) and is not made longer; to train on from its "
          + "weights, begin a new run with --from \(start.folder)")
    } else {
      console.note(
        (start.step == 0 ? "" : "going on after step \(Quantity.grouped(start.step)): ")
          + (start.isTimed ? "about " : "")
          + "\(Quantity.counted(start.steps, "step")) of \(Quantity.bytes(start.unitsPerStep)) each"
          + (start.isTimed ? ", as many as fit into the time" : "") + ", into \(start.folder)"
      )
    }
    bar = ProgressBar(
      "train", total: start.steps, done: start.step, unitsPerStep: Double(start.unitsPerStep), unit: "tokens",
      on: console)
  }

  /// What is held out, and how well its bytes could be predicted without a model.
  private var heldOut: String {
    if text.heldOutBytes == 0 { return "nothing held out, so that nothing tells how good the model is on other text" }
    return
      "\(Quantity.bytes(text.heldOutBytes)) held out, of which \(Quantity.bytes(text.evaluationBytes)) are predicted now "
      + "and then; their bytes alone have \(Quantity.fixed(text.unigramBitsPerByte, digits: 2)) bits each"
  }

  /// The loss at the end, and on which text.
  private func loss(_ record: DoneRecord) -> String {
    if let loss = record.validationBitsPerByte {
      return "\(Quantity.fixed(loss, digits: 3)) bits per byte on held-out text"
    }
    guard let trainingLoss else { return "no text held out;" }
    return "\(Quantity.fixed(trainingLoss, digits: 3)) bits per byte on the text that it learned from"
  }

  private mutating func finish(_ record: DoneRecord) {
    bar?.finish()
    console.result(
      "\(loss(record)) after \(Quantity.counted(record.steps, "step")) in \(Quantity.duration(seconds: record.elapsedSeconds)); "
        + "\(Quantity.grouped(record.parameters)) parameters, at most \(Quantity.bytes(record.peakMemoryBytes)) of memory"
    )
    console.result("The run is in \(record.run), its curve is \(record.run)/loss.svg.")
    let arguments = ["generate", record.run, "--prompt", "The ", "--bytes", "500"]
    console.note("Now let it write:\n  " + ShellCommand.line(ShellCommand.program, arguments))
  }

  /// Takes the bar away, so that an error stands on a line of its own.
  mutating func clear() { bar?.finish() }

  /// Says how it ended, if not by its own last event.
  mutating func end(_ outcome: Trainer<LanguageModeling>.Outcome) {
    clear()
    switch outcome {
    case .finished:
      break
    case .interrupted(let checkpoint):
      say(
        "after step \(Quantity.grouped(checkpoint.step)) and saved; go on with:\n  "
          + ShellCommand.line(ShellCommand.program, ["train", "--resume", checkpoint.run]))
    case .abandoned:
      say("before the first step; nothing was written")
    }
  }

  /// Says why it ended early; a failure of the output is an error, and is told even if nothing else is.
  private func say(_ what: String) {
    if let failure = Interruption.outputFailure {
      StandardStream.error.write(line: "godwit: \(failure); stopped \(what)")
    } else {
      console.note("interrupted \(what)")
    }
  }
}
