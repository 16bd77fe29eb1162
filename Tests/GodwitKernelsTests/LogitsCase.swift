@testable import GodwitKernels

/// Rows of logits, as the kernels over probabilities take them.
struct LogitsCase: Sendable {
  var rows, n: Int
  /// The logits are uniform on ±scale around `offset`.
  var scale = 3.0
  var offset = 0.0
  /// Every third logit is −∞.
  var masked = false

  /// The logits as the type holds them; `targets`, one to a row, are never masked.
  func logits(_ dtype: DType, _ noise: inout RecurrenceNoise, targets: [Int32] = []) -> [Double] {
    noise.array(rows * n).enumerated().map { index, value in
      let (row, column) = (index / n, index % n)
      if masked, column % 3 == 1, targets.isEmpty || column != targets[row] { return -.infinity }
      return dtype.rounding(value * scale + offset)
    }
  }
}
