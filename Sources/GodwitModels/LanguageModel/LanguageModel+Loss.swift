import GodwitKernels
import GodwitLayers
import GodwitTensor

extension LanguageModel {
  /// The mean cross-entropy of each byte after the first given those before it, in nats per byte.
  ///
  /// - Parameters:
  ///   - tokens: [B, T + 1]: the model reads the first T bytes of a text and predicts the last T.
  /// - Precondition: T is at least 1 and at most `configuration.maximumLength`.
  public func loss(_ tokens: Indices, context: inout ForwardContext) -> Tensor {
    require(
      tokens.shape.rank == 2 && tokens.shape[1] >= 2,
      "LanguageModel: tokens of shape \(tokens.shape); a loss needs [B, T + 1] with T at least 1")
    let (batch, length) = (tokens.shape[0], tokens.shape[1] - 1)
    var inputs: [Int32] = []
    var targets: [Int32] = []
    inputs.reserveCapacity(batch * length)
    targets.reserveCapacity(batch * length)
    for start in stride(from: 0, to: tokens.count, by: length + 1) {
      inputs.append(contentsOf: tokens.values[start..<(start + length)])
      targets.append(contentsOf: tokens.values[(start + 1)..<(start + length + 1)])
    }
    let logits = self(Indices(inputs, shape: [batch, length]), context: &context)
    return crossEntropy(logits, Indices(targets, shape: [batch, length])).mean()
  }
}
