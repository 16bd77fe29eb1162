import GodwitKernels

extension Module {
  /// Every tensor, in the order of `visit`.
  public var tensors: [Tensor] {
    var visitor = Collector()
    var copy = self
    copy.visit(&visitor)
    return visitor.tensors
  }

  /// Every tensor with its dotted path and role, in the order of `visit`.
  public var namedTensors: [(name: String, tensor: Tensor, role: ParameterRole)] {
    var visitor = NamingCollector()
    var copy = self
    copy.visit(&visitor)
    return visitor.found
  }

  /// The number of trained scalars: those of constants and statistics are none.
  public var parameterCount: Int { scalarCount(where: \.isTrained) }

  /// The number of scalars in constants and statistics, which are saved with the module and not trained.
  public var constantCount: Int { scalarCount { !$0.isTrained } }

  private func scalarCount(where counts: (ParameterRole) -> Bool) -> Int {
    var visitor = RoleCollector()
    var copy = self
    copy.visit(&visitor)
    var count = 0
    for (extent, role) in zip(visitor.counts, visitor.roles) where counts(role) { count += extent }
    return count
  }

  /// Of each tensor whether a gradient changes it, in the order of `visit`.
  package var trained: [Bool] {
    var visitor = RoleCollector()
    var copy = self
    copy.visit(&visitor)
    return visitor.roles.map(\.isTrained)
  }

  /// The same module with its tensors replaced, in the order of `visit`.
  ///
  /// - Precondition: exactly one replacement for each tensor.
  public func replacingTensors(with tensors: [Tensor]) -> Self {
    var copy = self
    copy.putTensors(tensors)
    return copy
  }

  /// The same module with `transform` applied to each tensor.
  public func mapTensors(_ transform: (Tensor) -> Tensor) -> Self {
    replacingTensors(with: tensors.map(transform))
  }

  /// A module of the same structure with every trained tensor zero, and an empty tensor in the place of every other: where an
  /// optimiser's moments start.
  public var zeros: Self {
    replacingTensors(
      with: zip(tensors, trained).map { Tensor(zeros: $1 ? $0.shape : [0], dtype: $0.dtype) })
  }

  /// Moves every tensor out, so that the caller holds the only reference and may change it in place.
  package mutating func takeTensors() -> [Tensor] {
    var visitor = Taker()
    visit(&visitor)
    return visitor.tensors
  }

  /// Moves tensors in, in the order of `visit`.
  package mutating func putTensors(_ tensors: [Tensor]) {
    var visitor = Putter(tensors: tensors)
    visit(&visitor)
    require(
      visitor.next == tensors.count, "replacingTensors: \(tensors.count) tensors for a module with \(visitor.next)")
  }
}

private struct Collector: TensorVisitor {
  var tensors: [Tensor] = []
  mutating func visit(_ tensor: inout Tensor, role: ParameterRole) { tensors.append(tensor) }
}

private struct NamingCollector: TensorVisitor {
  var path: [String] = []
  var found: [(name: String, tensor: Tensor, role: ParameterRole)] = []
  mutating func visit(_ tensor: inout Tensor, role: ParameterRole) {
    found.append((path.joined(separator: "."), tensor, role))
  }
  mutating func enter(_ name: String) { path.append(name) }
  mutating func leave() { path.removeLast() }
}

private struct RoleCollector: TensorVisitor {
  var roles: [ParameterRole] = []
  var counts: [Int] = []
  mutating func visit(_ tensor: inout Tensor, role: ParameterRole) {
    roles.append(role)
    counts.append(tensor.count)
  }
}

private struct Taker: TensorVisitor {
  static let nothing = Tensor(zeros: [0])
  var tensors: [Tensor] = []
  mutating func visit(_ tensor: inout Tensor, role: ParameterRole) {
    var taken = Self.nothing
    swap(&taken, &tensor)
    tensors.append(taken)
  }
}

private struct Putter: TensorVisitor {
  let tensors: [Tensor]
  var next = 0
  mutating func visit(_ tensor: inout Tensor, role: ParameterRole) {
    require(next < tensors.count, "replacingTensors: only \(tensors.count) tensors for a module with more")
    tensor = tensors[next]
    next += 1
  }
}
