import GodwitKernels

/// h[t] = a[t] ⊙ h[t − 1] + b[t]: the diagonal recurrence. The final state is the last position of h.
///
/// - Parameters:
///   - a: [N], [T, N], [B, 1, N] or [B, T, N]; an axis that is missing or 1 is shared.
///   - b: [B, T, N].
///   - initial: h before the first position, [B, N]; zero if nil.
/// - Returns: h [B, T, N].
/// - Precondition: the shapes agree.
/// - Complexity: 2 B T N operations in one pass over the memory.
public func diagonalRecurrence(_ a: Tensor, _ b: Tensor, initial: Tensor? = nil) -> Tensor {
  let sizes = DiagonalSizes(a, b, initial, "diagonalRecurrence")
  return fused("diagonalRecurrence", [a, b] + (initial.map { [$0] } ?? [])) {
    sizes.evaluate($0)
  } reference: { x in
    var states: [Tensor] = []
    var h = x.count > 2 ? x[2] : nil
    for (a, input) in zip(sizes.coefficients(x[0]), x[1].unstacked(along: 1)) {
      h = h.map { a * $0 + input } ?? input
      states.append(h!)
    }
    return [states.isEmpty ? x[1] : stack(states, along: 1)]
  }[0]
}

/// The sizes of a diagonal recurrence, and how its coefficients are shared.
struct DiagonalSizes: Sendable {
  let batch: Int
  let length: Int
  let width: Int
  let strides: (batch: Int, time: Int)

  init(_ a: Tensor, _ b: Tensor, _ initial: Tensor?, _ operation: StaticString) {
    require(b.rank == 3, "\(operation): b of shape \(b.shape); expected [B, T, N]")
    (batch, length, width) = (b.shape[0], b.shape[1], b.shape[2])
    let accepted: [Shape] = [[width], [length, width], [batch, 1, width], [batch, length, width]]
    require(
      accepted.contains(a.shape),
      "\(operation): a of shape \(a.shape) for b of shape \(b.shape); expected [N], [T, N], [B, 1, N] or [B, T, N]")
    let hasTime = a.rank == 2 || a.rank == 3 && a.shape[1] == length
    strides = (a.rank == 3 ? a.shape[1] * width : 0, hasTime ? width : 0)
    require(
      initial == nil || initial?.shape == [batch, width],
      "\(operation): an initial state of shape \(initial?.shape ?? []); expected [\(batch), \(width)]")
  }

  /// The coefficients of each position, in a shape that broadcasts with [B, N].
  func coefficients(_ a: Tensor) -> [Tensor] {
    switch a.rank {
    case 1: [Tensor](repeating: a, count: length)
    case 3 where a.shape[1] != length: [Tensor](repeating: a.element(0, along: 1), count: length)
    default: a.unstacked(along: a.rank - 2)
    }
  }

  func evaluate(_ x: [Tensor]) -> FusedResult {
    let (a, b) = (x[0], x[1])
    let initial = x.count > 2 ? x[2] : nil
    let h = Tensor(b.shape, .float32) { _ in }
    GodwitKernels.diagonalRecurrence(
      batch: batch, length: length, width: width, a: a.floats, aStrides: strides, b: b.floats, h: h.freshFloats,
      initial: initial?.floats)
    return FusedResult([h]) { dy, needed in
      guard let dh = dy[0] else { return x.map { _ in nil } }
      let da = Tensor(a.shape, .float32) { _ in }
      let db = Tensor(b.shape, .float32) { _ in }
      let dInitial = initial != nil && needed[2] ? Tensor([batch, width], .float32) { _ in } : nil
      diagonalRecurrenceGradient(
        batch: batch, length: length, width: width, a: a.floats, aStrides: strides, h: h.floats,
        initial: initial?.floats, dh: dh.floats, da: da.freshFloats, db: db.freshFloats,
        dInitial: dInitial?.freshFloats)
      return [da, db] + (initial == nil ? [] : [dInitial])
    }
  }
}
