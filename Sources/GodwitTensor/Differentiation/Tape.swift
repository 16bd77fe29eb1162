import Synchronization

/// The record of one reverse pass: a flat array of operations in the order in which they ran.
///
/// Flat, so that releasing it never recurses however long the computation was; made anew for each call of `gradient`, so
/// that two may run in parallel. It holds only values of outer levels, hence no reference to itself.
package final class Tape: Sendable {
  package typealias UnaryPullback = @Sendable (_ dy: Tensor) -> Tensor
  package typealias Pullback = @Sendable (_ dy: [Tensor?], _ needed: [Bool]) -> [Tensor?]

  package typealias ElementwiseProduct = @Sendable (_ x: Tensor, _ d: Tensor) -> Tensor
  package typealias BinaryProduct = @Sendable (_ a: Tensor, _ b: Tensor, _ d: Tensor) -> Tensor

  /// What an operation on two tensors keeps; the cotangents are summed to the shapes of the inputs.
  package struct BinaryRule: Sendable {
    /// The operands; nil where no product that will be asked for reads them.
    let a: Tensor?
    let b: Tensor?
    let shapeA: Shape
    let shapeB: Shape
    let pullA: BinaryProduct
    let pullB: BinaryProduct

    func cotangentA(_ dy: Tensor) -> Tensor { pullA(read(a, dy), read(b, dy), dy).summed(to: shapeA) }
    func cotangentB(_ dy: Tensor) -> Tensor { pullB(read(a, dy), read(b, dy), dy).summed(to: shapeB) }

    /// An operand that was not kept is not a number, so that a product which reads it is wrong in every test.
    private func read(_ kept: Tensor?, _ dy: Tensor) -> Tensor { kept ?? Tape.absent[dy.dtype]! }
  }

  private static let absent = Dictionary(uniqueKeysWithValues: DType.allCases.map { ($0, Tensor(.nan, dtype: $0)) })

  // The operands lie in the array itself: a closure over them would be one more object for each operation.
  private enum Rule: Sendable {
    case leaf
    case unary(Int, UnaryPullback)
    case elementwise(Int, Tensor, ElementwiseProduct)
    case sum(Int, Shape, Int, Shape, factor: Double)
    case binary(Int, Int, BinaryRule)
    case general([Int], outputs: Int, Pullback)
  }

  private struct Contents: Sendable {
    var rules: [Rule] = []
    var nodes = 0
  }

  private let contents = Mutex(Contents())

  private func append(_ rule: Rule, outputs: Int) -> Int {
    contents.withLock { contents in
      contents.rules.append(rule)
      contents.nodes += outputs
      return contents.nodes - outputs
    }
  }

  package func leaf() -> Int { append(.leaf, outputs: 1) }

  package func unary(_ input: Int, _ pullback: @escaping UnaryPullback) -> Int {
    append(.unary(input, pullback), outputs: 1)
  }

  package func elementwise(_ input: Int, _ x: Tensor, _ product: @escaping ElementwiseProduct) -> Int {
    append(.elementwise(input, x, product), outputs: 1)
  }

  /// An operation on two tensors; an input that is not on this tape is -1.
  package func binary(_ a: Int, _ b: Int, _ rule: BinaryRule) -> Int { append(.binary(a, b, rule), outputs: 1) }

  /// a + factor · b; an input that is not on this tape is -1.
  package func sum(_ a: Int, _ shapeA: Shape, _ b: Int, _ shapeB: Shape, factor: Double) -> Int {
    append(.sum(a, shapeA, b, shapeB, factor: factor), outputs: 1)
  }

  /// The node of the first output; the others follow it.
  package func general(_ inputs: [Int], outputs: Int, _ pullback: @escaping Pullback) -> Int {
    append(.general(inputs, outputs: outputs, pullback), outputs: outputs)
  }

  /// Cotangents of the leaves, given those of some nodes. Leaves that nothing reached have none.
  ///
  /// With `consuming`, each operation is forgotten once it has been passed, which frees what it kept.
  package func cotangents(
    ofFirst leaves: Int, seeds: [(node: Int, cotangent: Tensor)], consuming: Bool
  ) -> [Tensor?] {
    var (rules, nodes) = contents.withLock { contents -> ([Rule], Int) in
      let taken = (contents.rules, contents.nodes)
      if consuming { contents.rules = [] }
      return taken
    }
    var sums = [Tensor?](repeating: nil, count: nodes)
    for seed in seeds { accumulate(seed.cotangent, into: &sums[seed.node]) }
    var position = rules.count - 1
    while position >= 0 {
      let rule = consuming ? rules.removeLast() : rules[position]
      position -= 1
      switch rule {
      case .leaf:
        nodes -= 1
      case .unary(let input, let pullback):
        nodes -= 1
        if let dy = sums[nodes].take() { accumulate(pullback(dy), into: &sums[input]) }
      case .elementwise(let input, let x, let product):
        nodes -= 1
        if let dy = sums[nodes].take() { accumulate(product(x, dy), into: &sums[input]) }
      case .sum(let a, let shapeA, let b, let shapeB, let factor):
        nodes -= 1
        guard let dy = sums[nodes].take() else { continue }
        if a >= 0 { accumulate(dy.summed(to: shapeA), into: &sums[a]) }
        if b >= 0 { accumulate(dy.summed(to: shapeB).scaled(by: factor), into: &sums[b]) }
      case .binary(let a, let b, let rule):
        nodes -= 1
        guard let dy = sums[nodes].take() else { continue }
        if a >= 0 { accumulate(rule.cotangentA(dy), into: &sums[a]) }
        if b >= 0 { accumulate(rule.cotangentB(dy), into: &sums[b]) }
      case .general(let inputs, let outputs, let pullback):
        nodes -= outputs
        var dy: [Tensor?] = []
        var reached = false
        for output in 0..<outputs {
          dy.append(sums[nodes + output].take())
          reached = reached || dy[output] != nil
        }
        guard reached else { continue }
        let dx = pullback(dy, inputs.map { $0 >= 0 })
        dy.removeAll()
        for (index, input) in inputs.enumerated() where input >= 0 {
          if let cotangent = dx[index] { accumulate(cotangent, into: &sums[input]) }
        }
      }
      if nodes < leaves { break }
    }
    return Array(sums[0..<leaves])
  }
}

/// Adds a cotangent to a sum, in place where nobody else can see it.
private func accumulate(_ cotangent: Tensor, into sum: inout Tensor?) {
  guard var total = sum.take() else {
    sum = cotangent
    return
  }
  if total.isTraced || cotangent.isTraced || total.shape != cotangent.shape {
    sum = total + cotangent
  } else {
    total.add(cotangent)
    sum = total
  }
}
