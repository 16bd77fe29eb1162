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
///
/// `tangent` stands in for the operation in forward mode where it has a constant besides.
package func linear(
  _ x: Tensor, _ kernel: (Tensor) -> Tensor, tangent: ((Tensor) -> Tensor)? = nil,
  transpose: @escaping Tape.UnaryPullback
) -> Tensor {
  guard let trace = x.trace else { return kernel(x) }
  let y = linear(x.carrying(trace.outer), kernel, tangent: tangent, transpose: transpose)
  switch trace.role {
  case .tangent(let dx):
    let dy = tangent?(dx) ?? linear(dx, kernel, transpose: transpose)
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
  _ x: Tensor, _ kernel: (Tensor) -> Tensor, product: @escaping Tape.ElementwiseProduct
) -> Tensor {
  guard let trace = x.trace else { return kernel(x) }
  let primal = x.carrying(trace.outer)
  let y = elementwise(primal, kernel, product: product)
  switch trace.role {
  case .tangent(let tangent):
    return y.carrying(Trace(level: trace.level, role: .tangent(product(primal, tangent)), outer: y.trace))
  case .node(let tape, let input):
    let node = tape.elementwise(input, primal, product)
    return y.carrying(Trace(level: trace.level, role: .node(tape, node), outer: y.trace))
  }
}

/// An operation on the elements of two tensors, differentiated in both modes by one product for each of them, in the
/// shape of the result; a cotangent is then summed to the shape of the input (for broadcasting).
///
/// Of the operands, reverse mode keeps those that the products it needs read (`readingA` those of `productA`): any other is
/// NaN to them.
package func binary(
  _ a: Tensor, _ b: Tensor, readingA readA: BinaryOperands = .both, readingB readB: BinaryOperands = .both,
  _ kernel: (Tensor, Tensor) -> Tensor, productA: @escaping Tape.BinaryProduct,
  productB: @escaping Tape.BinaryProduct
) -> Tensor {
  binary(
    a, b, kernel, pushA: productA, pushB: productB, pullA: productA, readA: readA, pullB: productB, readB: readB)
}

/// Operands of an operation on two tensors.
package struct BinaryOperands: OptionSet, Sendable {
  package let rawValue: Int8
  package init(rawValue: Int8) { self.rawValue = rawValue }

  package static let a = BinaryOperands(rawValue: 1)
  package static let b = BinaryOperands(rawValue: 2)
  package static let none: BinaryOperands = []
  package static let both: BinaryOperands = [.a, .b]
}

/// An operation that is linear in each of two tensors: forward mode applies it to the tangents, reverse mode its
/// transposes, of which each reads the other operand alone.
package func bilinear(
  _ a: Tensor, _ b: Tensor, _ kernel: (Tensor, Tensor) -> Tensor, operation: (Tensor, Tensor) -> Tensor,
  pullA: @escaping Tape.BinaryProduct, pullB: @escaping Tape.BinaryProduct
) -> Tensor {
  binary(
    a, b, kernel, pushA: { _, b, da in operation(da, b) }, pushB: { a, _, db in operation(a, db) }, pullA: pullA,
    readA: .b, pullB: pullB, readB: .a)
}

/// a + factor · b, of which reverse mode keeps only the shapes.
package func weightedSum(
  _ a: Tensor, _ b: Tensor, factor: Double, _ kernel: (Tensor, Tensor) -> Tensor
) -> Tensor {
  let level = max(a.trace?.level ?? -1, b.trace?.level ?? -1)
  guard level >= 0, let trace = a.trace?.level == level ? a.trace : b.trace else { return kernel(a, b) }
  let y = weightedSum(a.beneath(level), b.beneath(level), factor: factor, kernel)
  switch trace.role {
  case .tangent:
    let (da, db) = (a.tangent(at: level), b.tangent(at: level)?.scaled(by: factor))
    let tangent = da.map { da in db.map { da + $0 } ?? da } ?? db!
    return y.carrying(Trace(level: level, role: .tangent(tangent.broadcast(to: y.shape)), outer: y.trace))
  case .node(let tape, _):
    let node = tape.sum(a.node(at: level), a.shape, b.node(at: level), b.shape, factor: factor)
    return y.carrying(Trace(level: level, role: .node(tape, node), outer: y.trace))
  }
}

private func binary(
  _ a: Tensor, _ b: Tensor, _ kernel: (Tensor, Tensor) -> Tensor, pushA: (Tensor, Tensor, Tensor) -> Tensor,
  pushB: (Tensor, Tensor, Tensor) -> Tensor, pullA: @escaping Tape.BinaryProduct, readA: BinaryOperands,
  pullB: @escaping Tape.BinaryProduct, readB: BinaryOperands
) -> Tensor {
  let levelA = a.trace?.level ?? -1
  let levelB = b.trace?.level ?? -1
  let level = max(levelA, levelB)
  guard level >= 0, let trace = levelA >= levelB ? a.trace : b.trace else { return kernel(a, b) }
  let x = a.beneath(level)
  let z = b.beneath(level)
  let y = binary(
    x, z, kernel, pushA: pushA, pushB: pushB, pullA: pullA, readA: readA, pullB: pullB, readB: readB)
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
    let (nodeA, nodeB) = (a.node(at: level), b.node(at: level))
    let read = (nodeA >= 0 ? readA : .none).union(nodeB >= 0 ? readB : .none)
    let node = tape.binary(
      nodeA, nodeB,
      Tape.BinaryRule(
        a: read.contains(.a) ? x : nil, b: read.contains(.b) ? z : nil, shapeA: x.shape, shapeB: z.shape, pullA: pullA,
        pullB: pullB))
    return y.carrying(Trace(level: level, role: .node(tape, node), outer: y.trace))
  }
}

/// What a pullback reads beside cotangents.
package enum PullbackReads: Sendable { case inputs, results, both, neither }

/// An operation with both rules: the general form.
///
/// Reverse mode keeps what the pullback reads; of what it does not read it is given nothing.
package func record(
  _ x: [Tensor], reading reads: PullbackReads, _ kernel: ([Tensor]) -> [Tensor], pushforward: Pushforward,
  pullback: @escaping Pullback
) -> [Tensor] {
  guard let trace = innermostTrace(x) else { return kernel(x) }
  let level = trace.level
  let primals = x.map { $0.beneath(level) }
  let y = record(primals, reading: reads, kernel, pushforward: pushforward, pullback: pullback)
  switch trace.role {
  case .tangent:
    let tangents = pushforward(primals, y, x.map { $0.tangent(at: level) })
    return attach(tangents: tangents, to: y, level: level)
  case .node(let tape, _):
    let inputs = reads == .inputs || reads == .both ? primals : []
    let results = reads == .results || reads == .both ? y : []
    let node = tape.general(x.map { $0.node(at: level) }, outputs: y.count) { dy, needed in
      pullback(inputs, results, dy, needed)
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
