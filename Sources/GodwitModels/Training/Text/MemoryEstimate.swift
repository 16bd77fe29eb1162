import GodwitKernels

/// The least memory that training a language model takes, so that what cannot be done is refused before it is begun.
struct MemoryEstimate {
  /// The bytes.
  let byteCount: Double

  init(_ model: LanguageModelConfiguration, _ options: TrainingOptions) {
    let positions = Double(options.batch) * Double(model.context)
    // Kept for the way back: in each block two inputs of layers, their normalised forms, the mixer's projections and its
    // output, and what is inside the feed-forward layer; then the logits and their gradient.
    let perPosition =
      Double(model.depth) * Double(8 * model.width + 2 * model.hiddenWidth)
      + Double(2 * LanguageModelConfiguration.vocabulary)
    // Parameters, gradient, two moments.
    byteCount = 4 * (4 * model.approximateParameterCount + positions * perPosition)
  }
}
