import Testing

@testable import GodwitKernels

/// The operands of an attention and the gradient of its output.
struct AttentionValues {
  var q, k, v, dOut: [Double]
}

/// What is not finite reaches the queries that see it, and what these reach, and nothing else, to the last bit.
@Suite struct NonFiniteAttentionTests {
  enum Operand: CaseIterable { case q, k, v, dOut }

  static let softmaxCases: [SoftmaxAttentionTests.Case] = [
    .init(batch: 2, heads: 2, queries: 100, widths: (9, 20)),
    .init(batch: 1, heads: 4, keyHeads: 2, queries: 130, widths: (16, 33), offset: 37, padding: 3),
    .init(batch: 1, heads: 2, queries: 40, keys: 45, widths: (5, 3), offset: 20),
    .init(batch: 1, heads: 2, queries: 3, widths: (16, 8), offset: 70),
    .init(batch: 1, heads: 1, queries: 50, widths: (8, 8), causal: false),
  ]

  @Test(arguments: softmaxCases) func softmax(test: SoftmaxAttentionTests.Case) {
    let shape = test.shape
    let visible = (0..<shape.queries).map { Array(0..<shape.visible(to: $0)) }
    let problem = SoftmaxAttentionTests.Problem(test)
    check(shape, visible, problem.values) { values, isa in
      let results = problem.results(on: isa, values)
      return [results.out, results.dq, results.dk, results.dv]
    }
  }

  static let sparseCases = SparseAttentionTests.cases.filter { test in
    test.shape.queries == 100 && !test.name.hasSuffix("500 0") || test.name == "grouped" || test.name == "wide"
  }

  @Test(arguments: sparseCases) func sparse(test: SparseAttentionTests.Case) {
    let problem = SparseAttentionTests.Problem(test)
    check(test.shape, test.visible, problem.values) { values, isa in
      let results = problem.results(on: isa, values)
      return [results.out, results.dq, results.dk, results.dv]
    }
  }

  @Test(arguments: [(150, 0), (130, 9), (5, 40)]) func squaredRelu(queries: Int, offset: Int) {
    let test = SoftmaxAttentionTests.Case(batch: 2, heads: 1, queries: queries, widths: (6, 21), offset: offset)
    let attention = test.shape
    let shape = SquaredReluShape(
      batch: 2, queries: queries, keys: attention.keys, keyWidth: 6, valueWidth: 21, offset: offset)
    let visible = (0..<queries).map { Array(0..<attention.visible(to: $0)) }
    check(attention, visible, SoftmaxAttentionTests.Problem(test).values) { values, isa in
      func rows(_ length: Int, _ width: Int, _ contents: [Double]? = nil) -> GuardedRows {
        GuardedRows(batch: 2, length: length, width: width, padding: 2, contents)
      }
      let keys = attention.keys
      let (q, k, v) = (rows(queries, 6, values.q), rows(keys, 6, values.k), rows(keys, 21, values.v))
      let (out, dOut) = (rows(queries, 21), rows(queries, 21, values.dOut))
      let (dq, dk, dv) = (rows(queries, 6), rows(keys, 6), rows(keys, 21))
      defer { for array in [q, k, v, out, dOut, dq, dk, dv] { array.free() } }
      squaredReluAttention(shape, q: q.rows, k: k.rows, v: v.rows, out: out.mutableRows, on: isa)
      squaredReluAttentionGradient(
        shape, q: q.rows, k: k.rows, v: v.rows, dOut: dOut.rows, dq: dq.mutableRows, dk: dk.mutableRows,
        dv: dv.mutableRows, on: isa)
      return [out.values(), dq.values(), dk.values(), dv.values()]
    }
  }

  /// - Parameters:
  ///   - visible: the keys that each query sees.
  ///   - run: the output and the gradients of q, k and v.
  private func check(
    _ shape: AttentionShape, _ visible: [[Int]], _ values: AttentionValues,
    _ run: (AttentionValues, InstructionSet) -> [[Float]]
  ) {
    for isa in InstructionSet.supported {
      let want = run(values, isa)
      for operand in Operand.allCases {
        let count = operand == .q || operand == .dOut ? shape.queries : shape.keys
        for (place, value) in [Double.nan, .infinity, -.infinity, .nan, .infinity].enumerated() {
          // The first and the last, and some between.
          let position = count < 5 ? place % count : (count - 1) * [0, 13, 41, 70, 100][place] / 100
          let got = run(replacing(operand, at: position, with: value, in: values, shape), isa)
          let readers = Set(
            operand == .q || operand == .dOut
              ? [position].filter { !visible[$0].isEmpty }
              : visible.indices.filter { visible[$0].contains(position) })
          let keys = Set(readers.flatMap { visible[$0] })
          let reached = [operand == .dOut ? [] : readers, readers, keys, keys]
          let counts = [shape.queries, shape.queries, shape.keys, shape.keys]
          for (index, name) in ["out", "dq", "dk", "dv"].enumerated() {
            let place = "\(value) at \(position) of \(operand)"
            let rows = changedRows(got[index], want[index], length: counts[index], batch: shape.batch)
            let others = rows.subtracting(reached[index]).sorted()
            #expect(others == [], "\(place) reaches other rows of \(name), \(isa)")
            // Otherwise nothing was tested.
            if value.isNaN && index < 2 {
              #expect(rows == reached[index], "\(place) is lost in \(name), \(isa)")
            }
          }
        }
      }
    }
  }

  private func changedRows(_ got: [Float], _ want: [Float], length: Int, batch: Int) -> Set<Int> {
    let width = got.count / (length * batch)
    return Set(got.indices.filter { got[$0].bitPattern != want[$0].bitPattern }.map { $0 / width % length })
  }

  /// The operands with another element in the last batch entry.
  private func replacing(
    _ operand: Operand, at position: Int, with value: Double, in values: AttentionValues, _ shape: AttentionShape
  ) -> AttentionValues {
    var values = values
    func replace(_ x: inout [Double], _ length: Int) {
      let width = x.count / (shape.batch * length)
      x[((shape.batch - 1) * length + position) * width + width / 2] = value
    }
    switch operand {
    case .q: replace(&values.q, shape.queries)
    case .k: replace(&values.k, shape.keys)
    case .v: replace(&values.v, shape.keys)
    case .dOut: replace(&values.dOut, shape.queries)
    }
    return values
  }
}
