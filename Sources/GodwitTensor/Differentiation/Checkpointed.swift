import GodwitKernels

/// Computes `body(inputs…)` without keeping what is inside it for the reverse pass, which computes it again instead.
///
/// Memory for time: a chain of checkpointed parts keeps only the values between them.
///
/// - Precondition: everything that is differentiated reaches `body` through `inputs`, not by capture.
public func checkpointed<each Input: Module, R: Module>(
  _ inputs: repeat each Input, body: @escaping @Sendable (repeat each Input) -> R
) -> R {
  var flat: [Tensor] = []
  repeat flat.append(contentsOf: (each inputs).tensors)
  guard innermostTrace(flat) != nil else { return body(repeat each inputs) }
  let model = (repeat (each inputs).detachedTree)
  // The structure of the result is known only once it has been computed.
  nonisolated(unsafe) var result: R?
  let function: @Sendable ([Tensor]) -> R = { tensors in
    var next = 0
    return body(repeat rebuild(each model, from: tensors, &next))
  }
  let outputs = record(flat, reading: .inputs) { tensors in
    let value = function(tensors)
    result = value
    return value.tensors
  } pushforward: { x, _, dx in
    pushforward(of: { function($0).tensors }, at: x, dx)
  } pullback: { x, _, dy, _ in
    pullback(of: { function($0).tensors }, at: x, dy)
  }
  for tensor in result!.tensors {
    require(
      tensor.trace == nil,
      "checkpointed: the body captures a tensor that is being differentiated; pass it as an argument")
  }
  return result!.replacingTensors(with: outputs)
}

extension Module {
  fileprivate var detachedTree: Self { mapTensors { $0.detached } }
}

private func rebuild<M: Module>(_ model: M, from tensors: [Tensor], _ next: inout Int) -> M {
  let count = model.tensors.count
  defer { next += count }
  return model.replacingTensors(with: Array(tensors[next..<(next + count)]))
}
