@testable import GodwitKernels

extension ThreadCase {
  /// What an attention of this shape reads, as rows.
  private struct Operands {
    let shape: AttentionShape
    var queries: Int { shape.batch * shape.queries * shape.heads * shape.keyWidth }
    var outputs: Int { shape.batch * shape.queries * shape.heads * shape.valueWidth }
    var keys: Int { shape.batch * shape.keys * shape.keyHeads * shape.keyWidth }
    var values: Int { shape.batch * shape.keys * shape.keyHeads * shape.valueWidth }
    var sums: Int { shape.batch * shape.heads * shape.queries }

    func q(_ x: UnsafeRawPointer) -> AttentionRows {
      AttentionRows(x, length: shape.queries, width: shape.heads * shape.keyWidth)
    }
    func k(_ x: UnsafeRawPointer) -> AttentionRows {
      AttentionRows(x, length: shape.keys, width: shape.keyHeads * shape.keyWidth)
    }
    func v(_ x: UnsafeRawPointer) -> AttentionRows {
      AttentionRows(x, length: shape.keys, width: shape.keyHeads * shape.valueWidth)
    }
    func out(_ x: UnsafeRawPointer) -> AttentionRows {
      AttentionRows(x, length: shape.queries, width: shape.heads * shape.valueWidth)
    }
    func dq(_ y: UnsafeMutableRawPointer) -> MutableAttentionRows {
      MutableAttentionRows(y, length: shape.queries, width: shape.heads * shape.keyWidth)
    }
    func dk(_ y: UnsafeMutableRawPointer) -> MutableAttentionRows {
      MutableAttentionRows(y, length: shape.keys, width: shape.keyHeads * shape.keyWidth)
    }
    func dv(_ y: UnsafeMutableRawPointer) -> MutableAttentionRows {
      MutableAttentionRows(y, length: shape.keys, width: shape.keyHeads * shape.valueWidth)
    }
    func result(_ y: UnsafeMutableRawPointer) -> MutableAttentionRows {
      MutableAttentionRows(y, length: shape.queries, width: shape.heads * shape.valueWidth)
    }
  }

  static let softmaxAttentionKernels: [ThreadCase] = {
    var cases: [ThreadCase] = []
    // Blocks of queries, heads that share keys, few queries with a long past.
    for test in [
      SoftmaxAttentionTests.Case(batch: 1, heads: 1, queries: 400, widths: (16, 20)),
      SoftmaxAttentionTests.Case(batch: 3, heads: 4, keyHeads: 2, queries: 70, widths: (16, 16), causal: false),
      SoftmaxAttentionTests.Case(batch: 1, heads: 4, keyHeads: 2, queries: 2, widths: (16, 16), offset: 5000),
      SoftmaxAttentionTests.Case(batch: 1, heads: 2, queries: 300, widths: (48, 64)),
    ] {
      let (shape, operands) = (test.shape, Operands(shape: test.shape))
      cases += [
        ThreadCase(
          "softmaxAttention", test.testDescription, reads: [operands.queries, operands.keys, operands.values],
          writes: [operands.outputs, operands.sums]
        ) {
          softmaxAttention(
            shape, q: operands.q($0[0]), k: operands.k($0[1]), v: operands.v($0[2]), out: operands.result($1[0]),
            logSumExp: $1[1].floats, on: $2)
        },
        ThreadCase(
          "softmaxAttentionGradient", test.testDescription,
          reads: [
            operands.queries, operands.keys, operands.values, operands.outputs, operands.outputs, operands.sums,
          ], from: [-1...1, -1...1, -1...1, -1...1, -1...1, 4...6],
          writes: [operands.queries, operands.keys, operands.values]
        ) {
          softmaxAttentionGradient(
            shape, q: operands.q($0[0]), k: operands.k($0[1]), v: operands.v($0[2]), out: operands.out($0[3]),
            logSumExp: $0[5].floats, dOut: operands.out($0[4]), dq: operands.dq($1[0]), dk: operands.dk($1[1]),
            dv: operands.dv($1[2]), on: $2)
        },
      ]
    }
    for test in SparseAttentionTests.threadCases {
      let (shape, plan, operands) = (test.shape, test.plan, Operands(shape: test.shape))
      cases += [
        ThreadCase(
          "sparseAttention", test.testDescription, reads: [operands.queries, operands.keys, operands.values],
          writes: [operands.outputs, operands.sums]
        ) {
          sparseAttention(
            shape, plan, q: operands.q($0[0]), k: operands.k($0[1]), v: operands.v($0[2]),
            out: operands.result($1[0]), logSumExp: $1[1].floats, on: $2)
        },
        ThreadCase(
          "sparseAttentionGradient", test.testDescription,
          reads: [
            operands.queries, operands.keys, operands.values, operands.outputs, operands.outputs, operands.sums,
          ], from: [-1...1, -1...1, -1...1, -1...1, -1...1, 4...6],
          writes: [operands.queries, operands.keys, operands.values]
        ) {
          sparseAttentionGradient(
            shape, plan, q: operands.q($0[0]), k: operands.k($0[1]), v: operands.v($0[2]), out: operands.out($0[3]),
            logSumExp: $0[5].floats, dOut: operands.out($0[4]), dq: operands.dq($1[0]), dk: operands.dk($1[1]),
            dv: operands.dv($1[2]), on: $2)
        },
      ]
    }
    for test in [
      TopKAttentionTests.Case(batch: 1, heads: 4, keyHeads: 2, queries: 300, kept: 9),
      TopKAttentionTests.Case(batch: 2, heads: 2, queries: 200, widths: (48, 64), kept: 20),
    ] {
      let (shape, kept, operands) = (test.shape, test.kept, Operands(shape: test.shape))
      let kinds = operands.sums * kept
      // Every query kept keys of its own, as many as it sees.
      let places: [Int32] = (0..<kinds).map { index in
        let (query, place) = (index / kept % shape.queries, index % kept)
        return place <= query ? Int32(query - place) : -1
      }
      cases += [
        ThreadCase(
          "topKAttention", test.testDescription, reads: [operands.queries, operands.keys, operands.values],
          writes: [operands.outputs, kinds, kinds]
        ) {
          topKAttention(
            shape, kept: kept, q: operands.q($0[0]), k: operands.k($0[1]), v: operands.v($0[2]),
            out: operands.result($1[0]), rows: $1[1].assumingMemoryBound(to: Int32.self), weights: $1[2].floats,
            on: $2)
        },
        ThreadCase(
          "topKAttentionGradient", test.testDescription,
          reads: [operands.queries, operands.keys, operands.values, operands.outputs, operands.outputs, kinds],
          from: [-1...1, -1...1, -1...1, -1...1, -1...1, 0...0.2],
          writes: [operands.queries, operands.keys, operands.values]
        ) {
          topKAttentionGradient(
            shape, kept: kept, q: operands.q($0[0]), k: operands.k($0[1]), v: operands.v($0[2]),
            out: operands.out($0[3]), rows: places, weights: $0[5].floats, dOut: operands.out($0[4]),
            dq: operands.dq($1[0]), dk: operands.dk($1[1]), dv: operands.dv($1[2]), on: $2)
        },
      ]
    }
    return cases
  }()

  static let otherAttentionKernels: [ThreadCase] = squaredRelu + mixedChunk

  private static let squaredRelu: [ThreadCase] = [true, false].flatMap { causal in
    let shape = SquaredReluShape(
      batch: 2, queries: 300, keys: 340, keyWidth: 48, valueWidth: 70, causal: causal, offset: causal ? 40 : 0)
    let operands = Operands(
      shape: AttentionShape(
        batch: 2, heads: 1, keyHeads: 1, queries: 300, keys: 340, keyWidth: 48, valueWidth: 70, causal: causal,
        scale: 1))
    return [
      ThreadCase(
        "squaredReluAttention", "causal \(causal)", reads: [operands.queries, operands.keys, operands.values],
        writes: [operands.outputs]
      ) {
        squaredReluAttention(
          shape, q: operands.q($0[0]), k: operands.k($0[1]), v: operands.v($0[2]), out: operands.result($1[0]), on: $2)
      },
      ThreadCase(
        "squaredReluAttentionGradient", "causal \(causal)",
        reads: [operands.queries, operands.keys, operands.values, operands.outputs],
        writes: [operands.queries, operands.keys, operands.values]
      ) {
        squaredReluAttentionGradient(
          shape, q: operands.q($0[0]), k: operands.k($0[1]), v: operands.v($0[2]), dOut: operands.out($0[3]),
          dq: operands.dq($1[0]), dk: operands.dk($1[1]), dv: operands.dv($1[2]), on: $2)
      },
    ]
  }

  private static let mixedChunk: [ThreadCase] = [true, false].flatMap { causal in
    let (batch, heads, length, keyWidth, valueWidth) = (2, 2, 299, 12, 33)
    let shape = MixedChunkShape(
      batch: batch, heads: heads, length: length, keyWidth: keyWidth, valueWidth: valueWidth, chunk: 64, causal: causal,
      position: causal ? 128 : 0)
    let x = batch * length * 4 * heads * keyWidth
    let v = batch * length * heads * valueWidth
    let state = batch * heads * shape.stateCount
    let means = state * shape.chunks
    @Sendable func rows(_ y: UnsafeMutableRawPointer) -> MutableAttentionRows {
      MutableAttentionRows(y, length: length, width: heads * valueWidth)
    }
    @Sendable func rows(_ x: UnsafeRawPointer) -> MutableAttentionRows { rows(UnsafeMutableRawPointer(mutating: x)) }
    @Sendable func operands(_ x: [UnsafeMutableRawPointer]) -> MixedChunkOperands {
      MixedChunkOperands(queriesAndKeys: x[0].floats, values: rows(x[1]), gates: rows(x[2]))
    }
    @Sendable func operands(_ x: [UnsafeRawPointer]) -> MixedChunkOperands {
      operands(x.map { UnsafeMutableRawPointer(mutating: $0) })
    }
    return [
      ThreadCase(
        "mixedChunkAttention", "causal \(causal)", reads: [x, v, v, state],
        writes: [v, v, means] + (causal ? [state, state] : [])
      ) {
        mixedChunkAttention(
          shape, operands($0), initial: causal ? $0[3].floats : nil, means: $1[2].floats,
          final: causal ? $1[3].floats : nil, added: causal ? $1[4].floats : nil, attended: rows($1[0]),
          out: rows($1[1]), on: $2)
      },
      ThreadCase(
        "mixedChunkAttentionGradient", "causal \(causal)", reads: [x, v, v, means, v, v, state],
        writes: [x, v, v] + (causal ? [state] : [])
      ) {
        mixedChunkAttentionGradient(
          shape, operands($0), means: UnsafeMutableRawPointer(mutating: $0[3]).floats, attended: rows($0[4]),
          dOut: rows($0[5]), dFinal: causal ? $0[6].floats : nil, gradients: operands($1),
          dInitial: causal ? $1[3].floats : nil, on: $2)
      },
    ]
  }
}
