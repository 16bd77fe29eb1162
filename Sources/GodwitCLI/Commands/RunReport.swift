import Foundation
import GodwitLayers
import GodwitModels
import GodwitTensor

/// What there is to say of a run, for a person and for a program.
struct RunReport {
  private let run: Run<LanguageModeling>
  private let model: LanguageModel
  private let checkpoint: CheckpointKind
  private let checkpointStep: Int

  init(_ loaded: LoadedRun, step: Int) {
    (run, model, checkpoint) = (loaded.run, loaded.model, loaded.checkpoint)
    checkpointStep = step
  }

  private var configuration: LanguageModelConfiguration { run.configuration.model }
  private var training: TextTrainingOptions { run.configuration.training }

  /// Bytes of what the model keeps of a text after its first byte.
  private var stateByteCount: Int {
    var state = model.initialState(batch: 1)
    _ = model.step(Indices([0], shape: [1]), state: &state)
    return state.byteCount
  }

  private var stateGrows: Bool { configuration.stateGrows }

  /// Parameters by part of the model, in its order.
  private var parts: [(name: String, parameters: Int)] {
    var parts: [(name: String, parameters: Int)] = []
    for tensor in model.namedTensors where tensor.role.isTrained {
      let name = String(tensor.name.prefix { $0 != "." })
      if parts.last?.name == name {
        parts[parts.count - 1].parameters += tensor.tensor.count
      } else {
        parts.append((name, tensor.tensor.count))
      }
    }
    return parts
  }

  /// What is saved with the model and not trained, if there is any.
  private var constants: String {
    let count = model.constantCount
    return count == 0 ? "" : ", and \(Quantity.counted(count, "constant")) that no training changes"
  }

  /// The steps of the whole run; in one that has a time, as planned last.
  private var plannedSteps: Int? { run.history.plan.last?.steps ?? training.steps }

  /// Name and value of each line.
  var rows: [(name: String, value: String)] {
    let heads = configuration.keyHeads.map { "\(configuration.heads) (keys and values: \($0))" }
    let parts = parts.map { "\($0.name) \(Quantity.grouped($0.parameters))" }.joined(separator: ", ")
    let history = run.history
    var rows = [
      ("run", run.folder.path),
      ("made by", run.configuration.command.isEmpty ? "a program" : TerminalText.escaped(run.configuration.command)),
      ("mixer", configuration.mixer),
      (
        "sizes",
        "width \(configuration.width), depth \(configuration.depth), "
          + "heads \(heads ?? String(configuration.heads)), context \(configuration.context)"
      ),
      ("parameters", "\(Quantity.grouped(model.parameterCount)) (\(parts))\(constants)"),
      (
        "memory",
        stateGrows
          ? "the state grows with the text; \(Quantity.bytes(stateByteCount)) after its first byte"
          : "a state of \(Quantity.bytes(stateByteCount)), however long the text"
      ),
      (
        "text",
        run.configuration.text.files == 0
          ? "none: the model was trained elsewhere"
          : "\(Quantity.counted(run.configuration.text.byteCount, "byte")) in "
            + Quantity.counted(run.configuration.text.files, "file")
            + (run.configuration.text.copyChecksum == nil ? "" : ", kept in the run")
      ),
      ("checkpoint", "\(checkpoint.rawValue), after \(Quantity.counted(checkpointStep, "step"))"),
    ]
    if let last = history.steps.last {
      let planned = plannedSteps.map { " of \(Quantity.grouped($0))" } ?? ""
      rows.append(
        (
          "trained",
          "\(Quantity.grouped(last.step))\(planned) \(plannedSteps ?? last.step == 1 ? "step" : "steps") in \(Quantity.duration(seconds: last.elapsedSeconds)), "
            + "\(Quantity.rounded(last.tokensPerSecond)) tokens/s"
        ))
    }
    for change in history.learningRates {
      let rate = "\(Quantity.rounded(change.learningRate)) at most from step \(Quantity.grouped(change.step)) on"
      rows.append(("rate", rate))
    }
    if !history.skipped.isEmpty {
      let steps = Quantity.counted(history.skipped.count, "step")
      rows.append(("skipped", "\(steps), whose loss or gradient was not a finite number"))
    }
    for validation in selected(history.validations) {
      let bits = Quantity.fixed(validation.validationBitsPerByte, digits: 4)
      let mark = validation == history.best ? ", the best" : ""
      rows.append(("validation", "\(bits) bits per byte after \(Quantity.counted(validation.step, "step"))\(mark)"))
    }
    return rows
  }

  /// At most eight, evenly chosen, the best and the last among them.
  private func selected(_ validations: [ValidationRecord]) -> [ValidationRecord] {
    let limit = 8
    guard validations.count > limit else { return validations }
    let even = (1..<limit).map { validations[$0 * (validations.count - 1) / (limit - 1)] }
    return validations.filter { even.contains($0) || $0 == run.history.best }
  }

  var line: JSONLine {
    let text = run.configuration.text
    var line: JSONLine = [
      "run": .text(run.folder.path), "command": .text(run.configuration.command),
      "mixer": .text(configuration.mixer), "width": .integer(configuration.width),
      "depth": .integer(configuration.depth), "heads": .integer(configuration.heads),
      "context": .integer(configuration.context), "parameters": .integer(model.parameterCount),
      "constants": .integer(model.constantCount),
      "stateBytes": .integer(stateByteCount), "stateGrows": .boolean(stateGrows),
      "checkpoint": .text(checkpoint.rawValue), "checkpointStep": .integer(checkpointStep),
      "textBytes": .integer(text.byteCount), "textFiles": .integer(text.files),
      "steps": plannedSteps.map(JSONValue.integer) ?? .null, "skippedSteps": .integer(run.history.skipped.count),
      "stepsDone": .integer(run.history.steps.last?.step ?? checkpointStep),
      "finished": .boolean(run.history.done != nil), "unreadableLines": .integer(run.history.unreadableLines),
    ]
    line["parts"] = .object(parts.reduce(into: [:]) { $0[$1.name] = .integer($1.parameters) })
    line["elapsedSeconds"] = run.history.steps.last.map { .number($0.elapsedSeconds) } ?? .null
    line["validationBitsPerByte"] = run.history.best.map { .number($0.validationBitsPerByte) } ?? .null
    line["validations"] = .array(
      run.history.validations.map {
        .object(["step": .integer($0.step), "validationBitsPerByte": .number($0.validationBitsPerByte)])
      })
    return line
  }
}
