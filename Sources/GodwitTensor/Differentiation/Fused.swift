import GodwitKernels

/// What a fused kernel returns: its results, and the hand-written reverse pass over what it kept.
package struct FusedResult {
  package let outputs: [Tensor]
  package let pullback: Tape.Pullback

  package init(_ outputs: [Tensor], pullback: @escaping Tape.Pullback) {
    self.outputs = outputs
    self.pullback = pullback
  }
}

/// An operation with hand-written kernels for its values and its first reverse derivative.
///
/// `reference` is the same operation composed of others. It is what runs in float64, in forward mode and when the
/// operation is differentiated a second time; in the tests it is the kernel's specification.
///
/// - Precondition: the operands have one element type.
package func fused(
  _ operation: StaticString, _ x: [Tensor], kernel: @Sendable ([Tensor]) -> FusedResult,
  reference: @escaping @Sendable ([Tensor]) -> [Tensor]
) -> [Tensor] {
  for operand in x {
    require(operand.dtype == x[0].dtype, "\(operation): \(x[0].dtype) and \(operand.dtype) differ")
  }
  if !x[0].dtype.hasFusedKernels { return reference(x) }
  guard let trace = innermostTrace(x) else { return kernel(x).outputs }
  let level = trace.level
  let primals = x.map { $0.beneath(level) }
  guard case .node(let tape, _) = trace.role, innermostTrace(primals) == nil else { return reference(x) }
  let result = kernel(primals)
  let fastPullback = result.pullback
  let node = tape.general(x.map { $0.node(at: level) }, outputs: result.outputs.count) { dy, needed in
    if innermostTrace(dy.compactMap { $0 }) == nil { return fastPullback(dy, needed) }
    return pullback(of: reference, at: primals, dy)
  }
  return attach(tape: tape, firstNode: node, to: result.outputs, level: level)
}

/// The reverse derivative of a composition, recorded at outer levels through the cotangents.
package func pullback(
  of function: @Sendable ([Tensor]) -> [Tensor], at x: [Tensor], _ dy: [Tensor?]
) -> [Tensor?] {
  let level = Trace.newLevel()
  let tape = Tape()
  let traced = x.map { $0.carrying(Trace(level: level, role: .node(tape, tape.leaf()), outer: $0.trace)) }
  let y = function(traced)
  var seeds: [(node: Int, cotangent: Tensor)] = []
  for (index, output) in y.enumerated() {
    let node = output.node(at: level)
    if node >= 0, let cotangent = dy[index] { seeds.append((node, cotangent)) }
  }
  return tape.cotangents(ofFirst: x.count, seeds: seeds, consuming: true)
}

/// The forward derivative of a composition.
package func pushforward(
  of function: @Sendable ([Tensor]) -> [Tensor], at x: [Tensor], _ dx: [Tensor?]
) -> [Tensor?] {
  let level = Trace.newLevel()
  var traced: [Tensor] = []
  for (index, value) in x.enumerated() {
    guard let tangent = dx[index] else {
      traced.append(value)
      continue
    }
    traced.append(value.carrying(Trace(level: level, role: .tangent(tangent), outer: value.trace)))
  }
  return function(traced).map { $0.tangent(at: level) }
}
