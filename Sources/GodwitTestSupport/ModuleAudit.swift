import GodwitTensor

/// What is wrong with a module's `visit`, found by looking into the module with `Mirror`: stored tensors that it does not
/// reach, tensors that it reaches twice, names that two tensors share.
public func auditViolations(_ module: some Module) -> [String] {
  var violations: [String] = []
  // Every visited tensor becomes one that can be told from all others, wherever it is stored.
  let marked = module.mapTensors { Tensor(zeros: $0.shape, dtype: $0.dtype) }
  let visited = Set(marked.tensors.map { ObjectIdentifier($0.storage) })
  var stored: [(path: String, storage: ObjectIdentifier)] = []
  collectTensors(marked, "\(type(of: module))", &stored)
  for (path, storage) in stored where !visited.contains(storage) { violations.append("visit does not reach \(path)") }
  let names = module.namedTensors.map(\.name)
  if stored.count != names.count {
    violations.append("visit presents \(names.count) tensors, \(stored.count) are stored")
  }
  for (name, tensors) in Dictionary(grouping: names, by: { $0 }) where tensors.count > 1 {
    violations.append("\(tensors.count) tensors are named \"\(name)\"")
  }
  let twice = marked.mapTensors { $0 }.tensors.map { ObjectIdentifier($0.storage) }
  if twice != marked.tensors.map({ ObjectIdentifier($0.storage) }) {
    violations.append("visit does not present the tensors in the same order each time")
  }
  return violations
}

private func collectTensors(_ value: Any, _ path: String, _ found: inout [(path: String, storage: ObjectIdentifier)]) {
  if let tensor = value as? Tensor {
    found.append((path, ObjectIdentifier(tensor.storage)))
    return
  }
  for (index, child) in Mirror(reflecting: value).children.enumerated() {
    collectTensors(child.value, "\(path).\(child.label ?? String(index))", &found)
  }
}
