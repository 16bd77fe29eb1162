import GodwitKernels
import GodwitTensor

/// What a layer keeps of the past of some sequences: complete, and plain data.
///
/// Whatever the next output depends on is a leaf, positions included, and the first axis of each leaf goes over the sequences.
/// So states can be compared, measured (`byteCount`), taken apart and put together by sequences, and kept in files.
public protocol SequenceState: Module, Equatable {
  /// The states of some of the sequences, in the order of `rows`.
  ///
  /// - Precondition: every row is one of the sequences.
  func select(_ rows: [Int]) -> Self

  /// The states of all sequences of several states, one after another; sequences may be at different positions.
  ///
  /// - Precondition: at least one state; all are of one layer.
  static func joined(_ states: [Self]) -> Self

  /// Why this can be no state of the layer whose initial state, for as many sequences, is `initial`; nil if it can. Whoever
  /// puts leaves from elsewhere into a state asks this before using it.
  func problem(expecting initial: Self) -> String?
}

extension SequenceState {
  public func select(_ rows: [Int]) -> Self { mapLeaves { $0.select(rows) } }

  public static func joined(_ states: [Self]) -> Self {
    require(!states.isEmpty, "joined: no states")
    let leaves = states.map { $0.leaves.map(\.leaf) }
    for other in leaves {
      require(other.count == leaves[0].count, "joined: states of \(leaves[0].count) and \(other.count) leaves")
    }
    return states[0].replacingLeaves(
      with: leaves[0].indices.map { place in Leaf.joined(leaves.map { $0[place] }) })
  }

  public func problem(expecting initial: Self) -> String? {
    for (found, expected) in zip(leaves, initial.leaves) where found.leaf.shape != expected.leaf.shape {
      return "\(found.name) has the shape \(found.leaf.shape), expected \(expected.leaf.shape)"
    }
    return nil
  }

  /// Whether all leaves are the same, bit for bit.
  public static func == (a: Self, b: Self) -> Bool { haveSameLeaves(a, b) }
}

/// Whether the leaves of two modules have the same names, shapes, types and bits.
func haveSameLeaves(_ a: some Module, _ b: some Module) -> Bool {
  let (a, b) = (a.leaves, b.leaves)
  return a.count == b.count && zip(a, b).allSatisfy { $0.name == $1.name && $0.leaf.hasSameBits(as: $1.leaf) }
}

extension Array: SequenceState where Element: SequenceState {
  public func select(_ rows: [Int]) -> [Element] { map { state in state.select(rows) } }

  public static func joined(_ states: [[Element]]) -> [Element] {
    require(!states.isEmpty, "joined: no states")
    return states[0].indices.map { place in Element.joined(states.map { $0[place] }) }
  }

  public func problem(expecting initial: [Element]) -> String? {
    for (found, expected) in zip(self, initial) {
      if let problem = found.problem(expecting: expected) { return problem }
    }
    return nil
  }
}

/// The state of a layer that keeps nothing.
public struct Stateless: SequenceState {
  /// The only value.
  public init() {}
  public func select(_ rows: [Int]) -> Stateless { self }
  public static func joined(_ states: [Stateless]) -> Stateless { Stateless() }
  public mutating func visit(_ visitor: inout some TensorVisitor) {}
}
