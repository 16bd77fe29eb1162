import GodwitLayers
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// The task of predicting each byte of a text from those before it.
public struct LanguageModeling: TrainingTask {
  /// `language-modeling`.
  public static let name = "language-modeling"
  /// `text`.
  public static let dataField = "text"
  /// Bits per byte, of which fewer are better.
  public static let figures = TaskFigures(
    loss: TaskFigures.Figure("trainBitsPerByte", unit: "bits per byte"),
    heldOut: [TaskFigures.Figure("validationBitsPerByte", unit: "bits per byte")], rateKey: "tokensPerSecond",
    unitName: "tokens", heldOutName: "held-out text")

  /// The architecture.
  public let model: LanguageModelConfiguration
  /// The text as it is now.
  public let data: TextFingerprint
  private(set) var text: TrainingText
  private let options: TextTrainingOptions

  init(
    _ text: TrainingText, _ data: TextFingerprint, _ model: LanguageModelConfiguration, _ options: TextTrainingOptions
  ) {
    self.text = text
    self.data = data
    self.model = model
    self.options = options
  }

  /// The text of a request.
  init(_ request: TrainingRequest) throws(TrainingError) {
    let text = try TrainingText(request.paths, request.model, request.options)
    var copy: String?
    if request.copiesText, text.corpus.byteCount <= TextCopy.greatestByteCount {
      do throws(CorpusError) { copy = try TextCopy.checksum(of: text.corpus) } catch { throw .text(error) }
    }
    let data = TextFingerprint(text.listing, paths: request.paths, copyChecksum: copy)
    self.init(text, data, request.model, request.options)
  }

  /// AdamW.
  public static func makeOptimizer(for model: LanguageModel, _ options: TextTrainingOptions) -> AdamW<LanguageModel> {
    AdamW(for: model, options.optimizerOptions)
  }

  /// Windows at random places of the text [B, T + 1].
  public func batch(
    _ options: TextTrainingOptions, using generator: inout Philox
  ) throws(TrainingError) -> Indices {
    do throws(CorpusError) {
      return try text.split.batch(count: options.batch, length: model.context, using: &generator)
    } catch { throw .text(error) }
  }

  /// The mean cross-entropy, in nats per byte.
  public func loss(of model: LanguageModel, on batch: Indices, context: inout ForwardContext) -> Tensor {
    model.loss(batch, context: &context)
  }

  /// In bits per byte.
  public static func told(_ loss: Double) -> Double { bits(nats: loss) }

  /// The bytes that one pass predicts.
  public func unitCount(of options: TextTrainingOptions) -> Int { options.batch * model.context }

  /// The loss on held-out windows, in bits per byte; nothing if no text is held out.
  public func evaluate(
    _ model: LanguageModel, _ extent: EvaluationExtent, _ options: TextTrainingOptions
  ) throws(TrainingError) -> [Double] {
    let windows = windows(extent, options)
    if windows.byteCount == 0 { return [] }
    do throws(CorpusError) { return [bits(nats: try windows.loss(of: model))] } catch {
      throw .text(error)
    }
  }

  /// The bytes that are predicted.
  public func evaluationWork(_ extent: EvaluationExtent, _ options: TextTrainingOptions) -> Double {
    Double(windows(extent, options).byteCount)
  }

  /// The steps that take about ten times as long as a validation.
  public func leastEvaluationInterval(_ options: TextTrainingOptions) -> Int {
    options.leastEvaluationInterval(context: model.context)
  }

  private func windows(_ extent: EvaluationExtent, _ options: TextTrainingOptions) -> HeldOutWindows {
    switch extent {
    case .trial: HeldOutWindows(of: text.split, length: model.context, limit: min(text.evaluation.byteCount, 4096))
    case .validation: text.evaluation
    case .final: text.finalEvaluation(model, options)
    }
  }

  /// Some text by the model.
  public func sample(from model: LanguageModel, _ options: TextTrainingOptions) -> String? {
    let generator = TextGenerator(model, sampling: .ofSamples, seed: options.seed)
    return String(decoding: Array(generator.prefix(options.sampleBytes)), as: UTF8.self)
  }

  /// The list of the text's files, and the text itself unless it is too long or was not to be copied.
  public func keepingData(in folder: RunFolder) throws(TrainingError) -> LanguageModeling {
    if !text.listing.files.isEmpty {
      do throws(RunError) { try text.listing.write(to: folder) } catch { throw .run(error) }
    }
    guard let checksum = data.copyChecksum, text.corpus.files.first?.path != folder.textCopy else { return self }
    // Once: where it is whole, it stays as it is.
    var copy = try? TextCopy.read(in: folder, checksum: checksum)
    if copy == nil { copy = try TextCopy.write(text.corpus, to: folder.textCopy) }
    guard let copy else { return self }
    var task = self
    task.text = try TrainingText(copy, text.listing, model, options)
    return task
  }

  /// Nothing, where the files hold the same, wherever they lie.
  public func difference(from data: TextFingerprint) -> String? {
    self.data.hasSameText(as: data) ? nil : "its files are not the same"
  }

  /// What there is to know of the text.
  public func summary() throws(TrainingError) -> TextSummary {
    let unigram: Double
    do throws(CorpusError) { unigram = try text.unigramBitsPerByte() } catch { throw .text(error) }
    return TextSummary(
      files: data.files, skipped: text.corpus.skipped, trainingBytes: text.split.training.count,
      heldOutBytes: text.split.validation.count, evaluationBytes: text.evaluation.byteCount,
      unigramBitsPerByte: unigram, isCopied: data.copyChecksum != nil)
  }
}

/// What there is to know of a text before a model learns from it.
public struct TextSummary: Sendable, Hashable {
  /// The files of the text.
  public let files: Int
  /// What was found and is not part of the text.
  public let skipped: SkippedFiles
  /// The bytes that are trained on.
  public let trainingBytes: Int
  /// The bytes that are held out.
  public let heldOutBytes: Int
  /// The held-out bytes that a validation during training predicts.
  public let evaluationBytes: Int
  /// The entropy of the held-out text under the frequencies of its own bytes, in bits per byte: what a model reaches that
  /// knows nothing but these; 0 if none is held out.
  public let unigramBitsPerByte: Double
  /// Whether the run keeps the text itself.
  public let isCopied: Bool
}
