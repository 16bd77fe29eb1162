import GodwitKernels

/// The gradient of a scalar function of a tree of tensors: a value of the tree's own type.
///
/// Reverse mode: the cost is a small multiple of the function's own, however many parameters there are. Constants and
/// statistics have no gradient: an empty tensor stands in their place.
///
/// - Precondition: `function` returns one element.
public func gradient<M: Module>(at x: M, of function: (M) throws -> Tensor) rethrows -> M {
  try valueWithGradient(at: x, of: function).gradient
}

/// The value of a scalar function and its gradient.
///
/// - Precondition: `function` returns one element.
public func valueWithGradient<M: Module>(
  at x: M, of function: (M) throws -> Tensor
) rethrows -> (value: Tensor, gradient: M) {
  let recording = try Recording(at: x) { Pair(try function($0), Empty()) }
  let value = recording.value.first
  require(value.count == 1, "gradient: the function's value has shape \(value.shape); a gradient needs one element")
  return (
    value, recording.gradient(seed: Pair(Tensor(ones: value.shape, dtype: value.dtype), Empty()), consuming: true)
  )
}

/// The value of a scalar function, its gradient, and whatever else the function returns (which is not differentiated).
///
/// - Precondition: the first part of the result has one element.
public func valueWithGradient<M: Module, Extra: Module>(
  at x: M, of function: (M) throws -> (Tensor, Extra)
) rethrows -> (value: Tensor, gradient: M, extra: Extra) {
  let recording = try Recording(at: x) {
    let (value, extra) = try function($0)
    return Pair(value, extra)
  }
  let value = recording.value.first
  require(value.count == 1, "gradient: the function's value has shape \(value.shape); a gradient needs one element")
  let seeds = [Tensor(ones: value.shape, dtype: value.dtype)]
  return (value, recording.gradient(seeds: seeds, consuming: true), recording.value.second)
}

/// The value of a function and the map from a cotangent of the value to the cotangent of `x`.
///
/// The map may be called any number of times; the values that it needs live as long as it does.
///
/// - Precondition: the cotangent's tensors have the shapes and element types of the value's.
public func valueWithPullback<M: Module, R: Module>(
  at x: M, of function: (M) throws -> R
) rethrows -> (value: R, pullback: @Sendable (R) -> M) {
  let recording = try Recording(at: x, of: function)
  return (recording.value, { recording.gradient(seed: $0, consuming: false) })
}

/// A function's value together with the tape that it left.
private struct Recording<M: Module, R: Module>: Sendable {
  let value: R
  private let x: M
  private let tape: Tape
  private let trained: [Bool]  // of each tensor of x whether it is a leaf of the tape
  private let results: [Tensor]  // the tensors of the value
  private let outputs: [Int]  // the node of each, -1 where it does not depend on x

  init(at x: M, of function: (M) throws -> R) rethrows {
    let level = Trace.newLevel()
    let tape = Tape()
    let trained = x.trained
    let traced = zip(x.tensors, trained).map { input, isTrained in
      isTrained ? input.carrying(Trace(level: level, role: .node(tape, tape.leaf()), outer: input.trace)) : input
    }
    let result = try function(x.replacingTensors(with: traced))
    outputs = result.tensors.map { $0.node(at: level) }
    results = result.tensors.map { $0.beneath(level) }
    value = result.replacingTensors(with: results)
    self.x = x
    self.tape = tape
    self.trained = trained
  }

  func gradient(seed: R, consuming: Bool) -> M { gradient(seeds: seed.tensors, consuming: consuming) }

  /// The cotangent of `x`, given those of the value's first tensors.
  func gradient(seeds: [Tensor], consuming: Bool) -> M {
    require(seeds.count <= outputs.count, "pullback: \(seeds.count) cotangents for \(outputs.count) values")
    var reached: [(node: Int, cotangent: Tensor)] = []
    for (index, cotangent) in seeds.enumerated() {
      let value = results[index]
      // Of a constant in the value a tree like a gradient has nothing.
      if outputs[index] < 0 && cotangent.count == 0 { continue }
      require(
        cotangent.shape == value.shape && cotangent.dtype == value.dtype,
        "pullback: a cotangent \(cotangent.shape) \(cotangent.dtype) of a value \(value.shape) \(value.dtype)")
      if outputs[index] >= 0 { reached.append((outputs[index], cotangent)) }
    }
    let leaves = trained.count { $0 }
    var found = tape.cotangents(ofFirst: leaves, seeds: reached, consuming: consuming)[...]
    let cotangents = zip(x.tensors, trained).map { input, isTrained in
      let cotangent = isTrained ? found.removeFirst() : nil
      return cotangent ?? Tensor(zeros: isTrained ? input.shape : [0], dtype: input.dtype)
    }
    return x.replacingTensors(with: cotangents)
  }
}
