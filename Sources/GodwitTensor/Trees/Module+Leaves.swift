import GodwitKernels

extension Module {
  /// Every leaf with its dotted path, in the order of `visit`.
  public var leaves: [(name: String, leaf: Leaf)] {
    var visitor = LeafCollector()
    var copy = self
    copy.visit(&visitor)
    return visitor.found
  }

  /// The same module with its leaves replaced, in the order of `visit`; the roles of tensors stay the module's own.
  ///
  /// - Precondition: exactly one replacement for each leaf, of the same kind.
  public func replacingLeaves(with leaves: [Leaf]) -> Self {
    var visitor = LeafPutter(leaves: leaves)
    var copy = self
    copy.visit(&visitor)
    require(visitor.next == leaves.count, "replacingLeaves: \(leaves.count) leaves for a module with \(visitor.next)")
    return copy
  }

  /// The same module with `transform` applied to each leaf.
  public func mapLeaves(_ transform: (Leaf) -> Leaf) -> Self {
    replacingLeaves(with: leaves.map { transform($0.leaf) })
  }

  /// The bytes of all leaves.
  public var byteCount: Int {
    var count = 0
    for (_, leaf) in leaves { count += leaf.byteCount }
    return count
  }
}

private struct LeafCollector: TensorVisitor {
  var path: [String] = []
  var found: [(name: String, leaf: Leaf)] = []
  mutating func add(_ leaf: Leaf) { found.append((path.joined(separator: "."), leaf)) }
  mutating func visit(_ tensor: inout Tensor, role: ParameterRole) { add(.tensor(tensor, role)) }
  mutating func visit(_ indices: inout Indices) { add(.indices(indices)) }
  mutating func visit(_ array: inout PackedArray) { add(.packed(array)) }
  mutating func enter(_ name: String) { path.append(name) }
  mutating func leave() { path.removeLast() }
}

private struct LeafPutter: TensorVisitor {
  let leaves: [Leaf]
  var next = 0

  mutating func take() -> Leaf {
    require(next < leaves.count, "replacingLeaves: only \(leaves.count) leaves for a module with more")
    defer { next += 1 }
    return leaves[next]
  }

  mutating func visit(_ tensor: inout Tensor, role: ParameterRole) {
    guard case .tensor(let new, _) = take() else { return fail("a tensor") }
    tensor = new
  }

  mutating func visit(_ indices: inout Indices) {
    guard case .indices(let new) = take() else { return fail("indices") }
    indices = new
  }

  mutating func visit(_ array: inout PackedArray) {
    guard case .packed(let new) = take() else { return fail("a packed array") }
    array = new
  }

  func fail(_ expected: String) {
    require(false, "replacingLeaves: leaf \(next - 1) is \(leaves[next - 1].elementName), expected \(expected)")
  }
}
