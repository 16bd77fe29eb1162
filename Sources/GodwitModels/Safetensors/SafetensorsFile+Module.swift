import GodwitKernels
import GodwitTensor

extension SafetensorsFile {
  /// Reads leaves into a module of the same structure, each into the memory that it has already: there is never a second copy.
  ///
  /// - Parameters:
  ///   - prefix: what the names in the file begin with.
  /// - Throws: for the first leaf that is missing, or of another type or shape.
  func read<M: Module>(_ prefix: String = "", into module: inout M) throws(SafetensorsError) {
    var leaves = module.leaves
    for (name, leaf) in leaves {
      let found = try entry(prefix + name)
      guard found.shape == Array(leaf.shape) else {
        throw .unsupported(
          path: path, name: found.name, problem: "has the shape \(found.shape), expected \(leaf.shape)")
      }
    }
    // The leaves are all that holds the memory while it is filled.
    module = module.emptied
    for index in leaves.indices { try read(prefix + leaves[index].name, into: &leaves[index].leaf) }
    module = module.replacingLeaves(with: leaves.map(\.leaf))
  }

  private func read(_ name: String, into leaf: inout Leaf) throws(SafetensorsError) {
    guard case .tensor(var tensor, let role) = leaf, let entry = self[name], entry.dtype == leaf.safetensorsDType
    else {
      let expected = leaf
      leaf = try self.leaf(name, like: expected)
      // Real numbers of any width, as the module computes with.
      if case .tensor(let found, let role) = leaf, case .tensor(let own, _) = expected, found.dtype != own.dtype {
        leaf = .tensor(found.converted(to: own.dtype), role)
      }
      return
    }
    leaf = .tensor(Tensor(zeros: [0]), role)
    var failure: SafetensorsError?
    tensor.withMutablePointer { target in
      do throws(SafetensorsError) {
        try read(into: UnsafeMutableRawBufferPointer(start: target, count: entry.byteCount), at: entry.offset)
      } catch { failure = error }
    }
    if let failure { throw failure }
    leaf = .tensor(tensor, role)
  }
}

extension Module {
  /// The same structure with an empty tensor in the place of each, so that nothing holds their memory.
  fileprivate var emptied: Self {
    let nothing = Tensor(zeros: [0])
    return mapTensors { _ in nothing }
  }
}
