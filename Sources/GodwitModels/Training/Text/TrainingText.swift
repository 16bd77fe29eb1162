/// A text prepared for training: its parts, and which held-out windows are predicted when.
struct TrainingText: Sendable {
  let corpus: TextCorpus
  let listing: TextListing
  let split: TextSplit
  /// What is predicted at each validation.
  let evaluation: HeldOutWindows

  /// - Parameters:
  ///   - check: looks at the files before anything is made of them.
  init(
    _ paths: [String], _ model: LanguageModelConfiguration, _ options: TextTrainingOptions,
    check: (TextListing) throws(TrainingError) -> Void = { _ in }
  ) throws(TrainingError) {
    let (corpus, listing): (TextCorpus, TextListing)
    do throws(CorpusError) {
      // What this process prints, perhaps into a file of the folder that it learns from, is no part of the text.
      corpus = try TextCorpus(paths: paths, excluding: ["/dev/stdout", "/dev/stderr"])
      listing = try TextListing(of: corpus)
    } catch { throw .text(error) }
    try check(listing)
    try self.init(corpus, listing, model, options)
  }

  /// - Parameters:
  ///   - corpus: the bytes of the files of `listing`.
  init(
    _ corpus: TextCorpus, _ listing: TextListing, _ model: LanguageModelConfiguration, _ options: TextTrainingOptions
  ) throws(TrainingError) {
    self.corpus = corpus
    self.listing = listing
    do throws(CorpusError) {
      split = try TextSplit(corpus, heldOut: options.heldOutFraction, context: model.context)
    } catch { throw .text(error) }
    evaluation = HeldOutWindows(of: split, length: model.context, limit: options.evaluationBytes)
  }

  /// What is predicted at the end: all, unless that would take more than about a thirtieth of the time of the steps.
  func finalEvaluation(_ model: LanguageModelConfiguration, _ options: TextTrainingOptions) -> HeldOutWindows {
    let (trained, overflow) = (options.steps ?? 1).multipliedReportingOverflow(
      by: options.batch * options.accumulation * model.context)
    let limit = overflow ? Int.max : max(trained / 10, options.evaluationBytes)
    return HeldOutWindows(of: split, length: model.context, limit: limit)
  }

  /// The entropy of the held-out text, or its first MiB, under the frequencies of its own bytes, in bits per byte.
  func unigramBitsPerByte() throws(CorpusError) -> Double {
    let range = split.validation
    return ByteFrequencies(try corpus.read(range.lowerBound..<min(range.upperBound, range.lowerBound + 1 << 20)))
      .entropy
  }
}
