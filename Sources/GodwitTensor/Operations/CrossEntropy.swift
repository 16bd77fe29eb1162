import GodwitKernels

/// −log softmax(logits)[target] for each row, in nats.
///
/// - Parameters:
///   - logits: [..., N].
///   - targets: [...], each in 0 ..< N.
/// - Returns: [...]; take the `mean()` for a loss. +∞ where the target's logit is −∞, NaN where all of a row's are.
/// - Precondition: the shapes agree and each target is a class.
/// - Complexity: O(1) for each logit; of the probabilities nothing is kept.
public func crossEntropy(_ logits: Tensor, _ targets: Indices) -> Tensor {
  let (rows, n) = logits.rowsAndWidth("crossEntropy")
  require(
    targets.shape == logits.shape.removing(axis: -1),
    "crossEntropy: targets of shape \(targets.shape) for logits of shape \(logits.shape)")
  targets.requireBelow(n, "crossEntropy")
  return fused("crossEntropy", [logits]) {
    evaluate($0[0], targets, rows, n)
  } reference: {
    [-logSoftmax($0[0]).picking(targets)]
  }[0]
}

private func evaluate(_ logits: Tensor, _ targets: Indices, _ rows: Int, _ n: Int) -> FusedResult {
  let normalizers = Tensor([rows], .float32) { _ in }
  let losses = Tensor(targets.shape, .float32) { loss in
    targets.values.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      GodwitKernels.crossEntropy(
        rows: rows, n: n, logits: logits.floats, targets: base, loss: loss.assumingMemoryBound(to: Float.self),
        logSumExp: normalizers.freshFloats)
    }
  }
  return FusedResult([losses]) { dy, _ in
    guard let dy = dy[0] else { return [nil] }
    let gradient = Tensor(logits.shape, .float32) { dLogits in
      targets.values.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        crossEntropyGradient(
          rows: rows, n: n, logits: logits.floats, targets: base, logSumExp: normalizers.floats, dLoss: dy.floats,
          dLogits: dLogits.assumingMemoryBound(to: Float.self))
      }
    }
    return [gradient]
  }
}
