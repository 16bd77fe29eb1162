import GodwitTensor

/// What is wrong with a module's `visit`, found by looking into the module with `Mirror`: stored leaves that it does not
/// reach, leaves that it reaches twice, names that two leaves share.
public func auditViolations(_ module: some Module) -> [String] {
  var violations: [String] = []
  // Every visited leaf becomes one that can be told from all others, wherever it is stored.
  var number: Int32 = 0
  let marked = module.mapLeaves { leaf in
    number += 1
    return leaf.marked(number)
  }
  let visited = Set(marked.leaves.compactMap(\.leaf.mark))
  var stored: [StoredLeaf] = []
  collectLeaves(marked, "\(type(of: module))", &stored)
  for leaf in stored {
    if let mark = leaf.mark, !visited.contains(mark) { violations.append("visit does not reach \(leaf.path)") }
  }
  let found = module.leaves
  for kind in LeafKind.allCases {
    let (presented, kept) = (found.count { $0.leaf.kind == kind }, stored.count { $0.kind == kind })
    if presented != kept { violations.append("visit presents \(presented) \(kind.rawValue), \(kept) are stored") }
  }
  for (name, leaves) in Dictionary(grouping: found, by: \.name) where leaves.count > 1 {
    violations.append("\(leaves.count) leaves are named \"\(name)\"")
  }
  let twice = marked.mapLeaves { $0 }.leaves.map(\.leaf.mark)
  if twice != marked.leaves.map(\.leaf.mark) {
    violations.append("visit does not present the leaves in the same order each time")
  }
  return violations
}

/// The kinds of leaves, in words.
enum LeafKind: String, CaseIterable {
  case tensor = "tensors"
  case indices = "index arrays"
  case packed = "packed arrays"
}

/// What tells a marked leaf from all others.
private enum LeafMark: Hashable {
  case storage(ObjectIdentifier)
  case values([Int32])
}

/// A leaf that `Mirror` has found.
private struct StoredLeaf {
  let path: String
  let kind: LeafKind
  let mark: LeafMark?
}

extension Leaf {
  var kind: LeafKind {
    switch self {
    case .tensor: .tensor
    case .indices: .indices
    case .packed: .packed
    }
  }

  /// The leaf with memory, or values, that no other has.
  fileprivate func marked(_ number: Int32) -> Leaf {
    switch self {
    case .tensor(let tensor, let role): .tensor(Tensor(zeros: tensor.shape, dtype: tensor.dtype), role)
    case .indices(let indices): .indices(Indices(indices.values.map { _ in number }, shape: indices.shape))
    case .packed(let array):
      .packed(PackedArray([UInt8](repeating: 0, count: array.byteCount), element: array.element, shape: array.shape))
    }
  }

  /// nil where there are no indices to mark.
  fileprivate var mark: LeafMark? {
    switch self {
    case .tensor(let tensor, _): .storage(ObjectIdentifier(tensor.storage))
    case .indices(let indices): indices.count == 0 ? nil : .values(indices.values)
    case .packed(let array): .storage(ObjectIdentifier(array.storage))
    }
  }
}

private func collectLeaves(_ value: Any, _ path: String, _ found: inout [StoredLeaf]) {
  let leaf: Leaf? =
    switch value {
    case let tensor as Tensor: .tensor(tensor, .weight)
    case let indices as Indices: .indices(indices)
    case let array as PackedArray: .packed(array)
    default: nil
    }
  if let leaf {
    found.append(StoredLeaf(path: path, kind: leaf.kind, mark: leaf.mark))
    return
  }
  for (index, child) in Mirror(reflecting: value).children.enumerated() {
    collectLeaves(child.value, "\(path).\(child.label ?? String(index))", &found)
  }
}
