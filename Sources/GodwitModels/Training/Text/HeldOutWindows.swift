import GodwitLayers

/// The held-out text as consecutive windows, each predicted on its own from its first byte.
///
/// Each window begins where the one before it ends. If they are more than wanted, some spread evenly are taken, always the
/// same, so that validations of a run can be compared.
struct HeldOutWindows: Sendable {
  private let split: TextSplit
  /// Which of the windows are predicted.
  private let chosen: [Int]
  /// The bytes of a window that are predicted; one more is read before them.
  let length: Int

  /// - Parameters:
  ///   - split: a text whose held-out part is longer than a window, or empty.
  ///   - length: that of a window.
  ///   - limit: the most bytes to predict; one window is always taken if there is one.
  init(of split: TextSplit, length: Int, limit: Int) {
    self.split = split
    self.length = length
    let windows = split.validationWindowCount(length: length)
    let taken = min(windows, max(limit / length, 1))
    chosen = (0..<taken).map { windows * $0 / taken }
  }

  /// The bytes predicted at once: enough for the kernels to work at full speed.
  private static let bytesPerPass = 4096

  /// The bytes that are predicted.
  var byteCount: Int { chosen.count * length }

  /// The mean loss of a model, in nats per byte.
  ///
  /// - Precondition: there are bytes to predict.
  func loss(of model: LanguageModel) throws(CorpusError) -> Double {
    let batch = max(Self.bytesPerPass / length, 1)
    var total = 0.0
    for first in stride(from: 0, to: chosen.count, by: batch) {
      let windows = chosen[first..<min(first + batch, chosen.count)]
      let tokens = try split.windows(at: windows.map { split.validation.lowerBound + $0 * length }, length: length)
      var context = ForwardContext.evaluation
      total += model.loss(tokens, context: &context).item * Double(windows.count)
    }
    return total / Double(chosen.count)
  }
}
