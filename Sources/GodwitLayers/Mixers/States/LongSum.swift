import GodwitTensor

/// A sum over a past of any length, [B, ...]: of the last positions in the layer's type, of those before in float64.
///
/// A float32 sum stands still where it is 2²⁴ times what is added, and drifts long before. Here the first addend that meets a large
/// sum is itself a sum, of `block` positions, and meets it in float64: after n positions the error is at most that of a sum of
/// `block` terms, block · 2⁻²⁴ of the sum, and n · 2⁻⁵³.
struct LongSum: Sendable {
  /// How many positions are added up before they join the others.
  static let block = 128

  /// The sum over the positions since the last full block.
  var recent: Tensor
  /// The sum over those before, in float64.
  private(set) var older: Tensor
  /// `older` in the type of `recent`, while nothing has changed it.
  private var rounded: Tensor?

  /// The sum over nothing.
  init(zeros shape: Shape, dtype: DType) {
    recent = Tensor(zeros: shape, dtype: dtype)
    older = Tensor(zeros: shape, dtype: .float64)
  }

  /// The sum over the positions up to the last full block, rounded.
  mutating func roundedOlder() -> Tensor {
    if let rounded { return rounded }
    let result = older.converted(to: recent.dtype)
    rounded = result
    return result
  }

  /// The sum over all positions, rounded.
  mutating func total() -> Tensor { recent + roundedOlder() }

  /// Lets what is recent join the rest, of those sequences alone where the mask [B] is 1.
  mutating func fold(_ mask: Tensor?) {
    rounded = nil
    let addends = recent.converted(to: .float64)
    guard let mask else {
      (older, recent) = (older + addends, Tensor(zeros: recent.shape, dtype: recent.dtype))
      return
    }
    let rows = mask.reshaped(Shape([mask.count] + Array(repeating: 1, count: recent.rank - 1)))
    older = select(rows.converted(to: .float64), older + addends, older)
    recent = select(rows.converted(to: recent.dtype), Tensor(0, dtype: recent.dtype), recent)
  }

  /// Lets a visitor change the leaves `name` and `older.name`.
  mutating func visit(_ name: String, _ visitor: inout some TensorVisitor) {
    visitor.visit(name, &recent, .weight)
    visitor.visit("older." + name, &older, .weight)
    rounded = nil
  }
}
