import CGodwitKernels

/// loss = log Σ exp(logits) − logits[target] for each row, in nats; of the probabilities it keeps log Σ exp alone.
///
/// NaN where a row is −∞ throughout, +∞ where its target is −∞.
///
/// O(rows · n), each logit read from memory once.
/// - Parameters:
///   - logits: [rows, n].
///   - targets: [rows], each in 0 ..< n (not checked here).
///   - loss: [rows].
///   - logSumExp: [rows], for ``crossEntropyGradient``.
package func crossEntropy(
  rows: Int, n: Int, logits: UnsafePointer<Float>, targets: UnsafePointer<Int32>, loss: UnsafeMutablePointer<Float>,
  logSumExp: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  let table = gw_softmax_table(isa.rawValue)!
  forEachRows(rows, n: n, cost: 0.2) { range in
    let first = range.lowerBound
    table.pointee.cross_entropy(
      range.count, n, logits + first * n, targets + first, loss + first, logSumExp + first)
  }
}

/// The gradient of ``crossEntropy``: dLogits = dLoss (softmax(logits) − [target]) over each row.
///
/// O(rows · n), one read and one write of each element.
package func crossEntropyGradient(
  rows: Int, n: Int, logits: UnsafePointer<Float>, targets: UnsafePointer<Int32>, logSumExp: UnsafePointer<Float>,
  dLoss: UnsafePointer<Float>, dLogits: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  let table = gw_softmax_table(isa.rawValue)!
  forEachRows(rows, n: n, cost: 0.2) { range in
    let first = range.lowerBound
    table.pointee.cross_entropy_gradient(
      range.count, n, logits + first * n, targets + first, logSumExp + first, dLoss + first, dLogits + first * n)
  }
}
