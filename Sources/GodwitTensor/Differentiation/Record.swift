import GodwitKernels

/// The rules of a differentiable operation, written with operations so that they nest.
package typealias Pushforward = @Sendable (_ x: [Tensor], _ y: [Tensor], _ dx: [Tensor?]) -> [Tensor?]
package typealias Pullback = @Sendable (_ x: [Tensor], _ y: [Tensor], _ dy: [Tensor?], _ needed: [Bool]) -> [Tensor?]

/// The innermost trace that any of the tensors carries.
package func innermostTrace(_ tensors: [Tensor]) -> Trace? {
  var innermost: Trace?
  for tensor in tensors {
    if let trace = tensor.trace, trace.level > (innermost?.level ?? -1) { innermost = trace }
  }
  return innermost
}

/// An operation that is linear in `x`: forward mode applies it to the tangent, reverse mode applies its transpose.
package func linear(
  _ x: Tensor, _ kernel: @escaping @Sendable (Tensor) -> Tensor, transpose: @escaping @Sendable (Tensor) -> Tensor
) -> Tensor {
  guard let trace = x.trace else { return kernel(x) }
  let y = linear(x.carrying(trace.outer), kernel, transpose: transpose)
  switch trace.role {
  case .tangent(let tangent):
    let dy = linear(tangent, kernel, transpose: transpose)
    return y.carrying(Trace(level: trace.level, role: .tangent(dy), outer: y.trace))
  case .node(let tape, let input):
    let node = tape.unary(input, transpose)
    return y.carrying(Trace(level: trace.level, role: .node(tape, node), outer: y.trace))
  }
}

/// An operation on each element, differentiated in both modes by one derivative.
///
/// `product(x, y, d)` is d times the derivative at x, where y is the value there: written with operations.
package func elementwise(
  _ x: Tensor, _ kernel: @escaping @Sendable (Tensor) -> Tensor,
  product: @escaping @Sendable (_ x: Tensor, _ d: Tensor) -> Tensor
) -> Tensor {
  guard let trace = x.trace else { return kernel(x) }
  let primal = x.carrying(trace.outer)
  let y = elementwise(primal, kernel, product: product)
  switch trace.role {
  case .tangent(let tangent):
    return y.carrying(Trace(level: trace.level, role: .tangent(product(primal, tangent)), outer: y.trace))
  case .node(let tape, let input):
    let node = tape.unary(input) { dy in product(primal, dy) }
    return y.carrying(Trace(level: trace.level, role: .node(tape, node), outer: y.trace))
  }
}

/// d times a derivative at (a, b): a step of forward mode where d is a tangent, of reverse mode where it is a cotangent.
package typealias BinaryProduct = @Sendable (_ a: Tensor, _ b: Tensor, _ d: Tensor) -> Tensor

/// An operation on the elements of two tensors, differentiated in both modes by one product for each of them, in the
/// shape of the result; a cotangent is then summed to the shape of the input (for broadcasting).
package func binary(
  _ a: Tensor, _ b: Tensor, _ kernel: @escaping @Sendable (Tensor, Tensor) -> Tensor,
  productA: @escaping BinaryProduct, productB: @escaping BinaryProduct
) -> Tensor {
  binary(a, b, kernel, pushA: productA, pushB: productB, pullA: productA, pullB: productB)
}

/// An operation that is linear in each of two tensors: forward mode applies it to the tangents, reverse mode its
/// transposes.
package func bilinear(
  _ a: Tensor, _ b: Tensor, _ kernel: @escaping @Sendable (Tensor, Tensor) -> Tensor,
  operation: @escaping @Sendable (Tensor, Tensor) -> Tensor, pullA: @escaping BinaryProduct,
  pullB: @escaping BinaryProduct
) -> Tensor {
  binary(
    a, b, kernel, pushA: { _, b, da in operation(da, b) }, pushB: { a, _, db in operation(a, db) }, pullA: pullA,
    pullB: pullB)
}

private func binary(
  _ a: Tensor, _ b: Tensor, _ kernel: @escaping @Sendable (Tensor, Tensor) -> Tensor, pushA: @escaping BinaryProduct,
  pushB: @escaping BinaryProduct, pullA: @escaping BinaryProduct, pullB: @escaping BinaryProduct
) -> Tensor {
  let levelA = a.trace?.level ?? -1
  let levelB = b.trace?.level ?? -1
  let level = max(levelA, levelB)
  guard level >= 0, let trace = levelA >= levelB ? a.trace : b.trace else { return kernel(a, b) }
  let x = a.beneath(level)
  let z = b.beneath(level)
  let y = binary(x, z, kernel, pushA: pushA, pushB: pushB, pullA: pullA, pullB: pullB)
  switch trace.role {
  case .tangent:
    var dy: Tensor?
    if let da = a.tangent(at: level) { dy = pushA(x, z, da) }
    if let db = b.tangent(at: level) {
      let term = pushB(x, z, db)
      dy = dy.map { $0 + term } ?? term
    }
    let tangent = dy!.broadcast(to: y.shape)
    return y.carrying(Trace(level: level, role: .tangent(tangent), outer: y.trace))
  case .node(let tape, _):
    let node: Int
    let inputA = levelA == level ? a.node(at: level) : -1
    let inputB = levelB == level ? b.node(at: level) : -1
    if inputB < 0 {
      node = tape.unary(inputA) { [shape = x.shape] dy in pullA(x, z, dy).summed(to: shape) }
    } else if inputA < 0 {
      node = tape.unary(inputB) { [shape = z.shape] dy in pullB(x, z, dy).summed(to: shape) }
    } else {
      node = tape.binary(
        inputA, { [shape = x.shape] dy in pullA(x, z, dy).summed(to: shape) },
        inputB, { [shape = z.shape] dy in pullB(x, z, dy).summed(to: shape) })
    }
    return y.carrying(Trace(level: level, role: .node(tape, node), outer: y.trace))
  }
}

/// An operation with both rules: the general form.
package func record(
  _ x: [Tensor], _ kernel: @escaping @Sendable ([Tensor]) -> [Tensor],
  pushforward: @escaping Pushforward, pullback: @escaping Pullback
) -> [Tensor] {
  guard let trace = innermostTrace(x) else { return kernel(x) }
  let level = trace.level
  let primals = x.map { $0.beneath(level) }
  let y = record(primals, kernel, pushforward: pushforward, pullback: pullback)
  switch trace.role {
  case .tangent:
    let tangents = pushforward(primals, y, x.map { $0.tangent(at: level) })
    return attach(tangents: tangents, to: y, level: level)
  case .node(let tape, _):
    let node = tape.general(x.map { $0.node(at: level) }, outputs: y.count) { dy, needed in
      pullback(primals, y, dy, needed)
    }
    return attach(tape: tape, firstNode: node, to: y, level: level)
  }
}

package func attach(tangents: [Tensor?], to y: [Tensor], level: Int) -> [Tensor] {
  y.indices.map { index in
    guard let tangent = tangents[index] else { return y[index] }
    return y[index].carrying(Trace(level: level, role: .tangent(tangent), outer: y[index].trace))
  }
}

package func attach(tape: Tape, firstNode: Int, to y: [Tensor], level: Int) -> [Tensor] {
  y.indices.map { index in
    y[index].carrying(Trace(level: level, role: .node(tape, firstNode + index), outer: y[index].trace))
  }
}
