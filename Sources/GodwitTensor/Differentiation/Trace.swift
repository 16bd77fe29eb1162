import Synchronization

/// What a tensor carries while a derivative is taken through it.
///
/// Derivatives nest: each call of `gradient` or `directionalDerivative` opens a level, and a tensor of the inner level
/// wraps one that may belong to an outer level. Operations look at the innermost (greatest) level first.
package final class Trace: Sendable {
  package enum Role: Sendable {
    /// Reverse mode: the value is a node of the tape.
    case node(Tape, Int)
    /// Forward mode: the value has this tangent.
    case tangent(Tensor)
  }

  package let level: Int
  package let role: Role
  /// What the same value carries at outer levels.
  package let outer: Trace?

  package init(level: Int, role: Role, outer: Trace?) {
    self.level = level
    self.role = role
    self.outer = outer
  }

  private static let levels = Atomic<Int>(0)

  /// A level inside every level opened before it.
  package static func newLevel() -> Int { levels.add(1, ordering: .relaxed).newValue }
}

extension Tensor {
  package func carrying(_ trace: Trace?) -> Tensor {
    Tensor(storage: storage, offset: offset, shape: shape, dtype: dtype, trace: trace)
  }

  /// The value as levels below `level` see it.
  package func beneath(_ level: Int) -> Tensor {
    guard let trace, trace.level >= level else { return self }
    return carrying(trace.outer)
  }

  /// The tangent at `level`, if the value has one.
  package func tangent(at level: Int) -> Tensor? {
    guard let trace, trace.level == level, case .tangent(let tangent) = trace.role else { return nil }
    return tangent
  }

  /// The node of the tape at `level`, or -1.
  package func node(at level: Int) -> Int {
    guard let trace, trace.level == level, case .node(_, let index) = trace.role else { return -1 }
    return index
  }
}
