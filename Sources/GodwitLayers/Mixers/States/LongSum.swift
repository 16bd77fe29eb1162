import GodwitTensor

/// A sum over a past of any length, [B, ...], with the rest that rounding has taken from it so far.
///
/// A float32 sum stands still where it is 2²⁴ times what is added, and drifts long before; with its rest, which is added again
/// with what comes next, its error is about 2⁻²⁴ of it however many addends it has. In float64 the rest stays 0.
struct LongSum: Sendable {
  /// How many positions a kernel may add to a long sum as it is: their rounding is below 10⁻⁵ of it.
  static let most = 256
  /// Up to how many positions in all a sum needs no rest: rounding is then that of the form at once over as many.
  static let short = 1024

  private var sum: Tensor
  private var rest: Tensor

  /// The sum, rounded.
  var value: Tensor { longSumValue(sum, rest) }

  /// The sum over nothing.
  init(zeros shape: Shape, dtype: DType) {
    sum = Tensor(zeros: shape, dtype: dtype)
    rest = Tensor(zeros: shape, dtype: dtype)
  }

  /// The sum with what a kernel has added to its value.
  mutating func replace(by value: Tensor) { (sum, rest) = (value, rest.detached) }

  mutating func add(_ x: Tensor) { (sum, rest) = longSum(sum, rest, adding: x) }

  /// Adds k vᵀ of one position, and returns its product with q: all [B, 1, H, ...].
  mutating func step(query: Tensor, key: Tensor, value: Tensor) -> Tensor {
    let output: Tensor
    (output, sum, rest) = longSumStep(query, key, value, sum: sum, rest: rest)
    return output
  }

  /// The product with a query [B, 1, H, K] that `step` gives where nothing is added: [B, 1, H, V].
  func product(query: Tensor) -> Tensor {
    let nothing = Tensor(zeros: [query.shape[0], 1, query.shape[2], sum.shape[3]], dtype: sum.dtype)
    let none = Tensor(zeros: query.shape, dtype: sum.dtype)
    // With its rest the sum might round otherwise.
    return longSumStep(query, none, nothing, sum: sum, rest: Tensor(zeros: rest.shape, dtype: rest.dtype)).output
  }

  /// Lets a visitor change the leaves `name` and `rest.name`.
  mutating func visit(_ name: String, _ visitor: inout some TensorVisitor) {
    visitor.visit(name, &sum, .weight)
    visitor.visit("rest." + name, &rest, .weight)
  }
}
