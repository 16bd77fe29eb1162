@testable import GodwitKernels

extension ThreadCase {
  static let gatedRecurrenceKernels: [ThreadCase] = selectiveScans + convolutions + wkvs + chunks

  private static let selectiveScans: [ThreadCase] = [(1, 300, 8), (3, 70, 16)].flatMap { batch, width, states in
    let shape = SelectiveScanShape(batch: batch, length: 200, width: width, states: states)
    let (rows, matrix) = (batch * 200 * width, width * states)
    let (state, columns) = (batch * matrix, batch * 200 * states)
    @Sendable func operands(_ x: [UnsafeRawPointer]) -> SelectiveScanOperands {
      SelectiveScanOperands(
        u: x[0].floats, delta: x[1].floats, a: x[2].floats, b: x[3].floats, c: x[4].floats, skip: x[5].floats)
    }
    let domains: [ClosedRange<Double>] = [-1...1, 0...0.5, -2...0, -1...1]
    return [
      ThreadCase(
        "selectiveScan", "B\(batch)", reads: [rows, rows, matrix, columns, columns, width, state], from: domains,
        writes: [rows, state]
      ) {
        selectiveScan(
          shape, operands($0), initial: $0[6].floats, y: $1[0].floats, final: $1[1].floats, checkpoints: nil, on: $2)
      },
      ThreadCase(
        "selectiveScanGradient", "B\(batch)",
        reads: [rows, rows, matrix, columns, columns, width, shape.checkpointCount, rows, state], from: domains,
        writes: [rows, rows, matrix, columns, columns, width, state]
      ) {
        selectiveScanGradient(
          shape, operands($0), checkpoints: $0[6].floats, dy: $0[7].floats, dFinal: $0[8].floats,
          SelectiveScanGradients(
            u: $1[0].floats, delta: $1[1].floats, a: $1[2].floats, b: $1[3].floats, c: $1[4].floats,
            skip: $1[5].floats, initial: $1[6].floats), on: $2)
      },
    ]
  }

  private static let convolutions: [ThreadCase] = [false, true].flatMap { silu in
    let (batch, length, width, taps) = (2, 300, 700, 4)
    let shape = ConvolutionShape(batch: batch, length: length, width: width, taps: taps, silu: silu)
    let (rows, before) = (batch * length * width, batch * (taps - 1) * width)
    @Sendable func operands(_ x: [UnsafeRawPointer]) -> ConvolutionOperands {
      ConvolutionOperands(x: x[0].floats, weight: x[1].floats, bias: x[2].floats, before: x[3].floats)
    }
    return [
      ThreadCase(
        "causalConvolution", "silu \(silu)", reads: [rows, taps * width, width, before], writes: [rows]
      ) { causalConvolution(shape, operands($0), y: $1[0].floats, on: $2) },
      ThreadCase(
        "causalConvolutionGradient", "silu \(silu)", reads: [rows, taps * width, width, before, rows],
        writes: [rows, taps * width, width, before]
      ) {
        causalConvolutionGradient(
          shape, operands($0), dy: $0[4].floats, dx: $1[0].floats, dWeight: $1[1].floats, dBias: $1[2].floats,
          dBefore: $1[3].floats, on: $2)
      },
    ]
  }

  private static let wkvs: [ThreadCase] = {
    let (batch, length, width) = (2, 200, 700)
    let shape = WKVShape(batch: batch, length: length, width: width)
    let (rows, state) = (batch * length * width, batch * width)
    @Sendable func operands(_ x: [UnsafeRawPointer]) -> WKVOperands {
      WKVOperands(keys: x[0].floats, values: x[1].floats, decay: x[2].floats, bonus: x[3].floats)
    }
    /// A copy of the state, which the kernels change.
    @Sendable func copies(_ x: ArraySlice<UnsafeRawPointer>, to y: ArraySlice<UnsafeMutableRawPointer>)
      -> [UnsafeMutablePointer<Float>]
    {
      zip(x, y).map { source, target in
        target.floats.update(from: source.floats, count: state)
        return target.floats
      }
    }
    let domains: [ClosedRange<Double>] = [-1...1, -1...1, 0...1, -1...1, -1...1, 0.5...1, -1...1]
    return [
      ThreadCase(
        "wkv", reads: [rows, rows, width, width, state, state, state], from: domains,
        writes: [rows, state, state, state]
      ) {
        let places = copies($0[4..<7], to: $1[1..<4])
        wkv(shape, operands($0), state: places, y: $1[0].floats, checkpoints: nil, on: $2)
      },
      ThreadCase(
        "wkvGradient",
        reads: [
          rows, rows, width, width, state, state, state, shape.checkpointCount, rows, state, state, state, state, state,
          state,
        ], from: domains, writes: [rows, rows, width, width, state, state, state]
      ) {
        let places = copies($0[9..<12], to: $1[4..<7])
        wkvGradient(
          shape, operands($0), checkpoints: UnsafeMutableRawPointer(mutating: $0[7]).floats,
          finalState: $0[12..<15].map(\.floats), initialState: $0[4..<7].map(\.floats), dy: $0[8].floats,
          dState: places, dKeys: $1[0].floats, dValues: $1[1].floats, dDecay: $1[2].floats, dBonus: $1[3].floats,
          on: $2)
      },
    ]
  }()

  /// Heads that share queries and keys, in one part and in several; heads of their own; values that are cut.
  private static let chunks: [ThreadCase] = [
    (2, 4, 2, 20, 40), (1, 9, 1, 40, 20), (1, 5, 5, 20, 40), (1, 1, 1, 20, 150),
  ].flatMap { batch, heads, keyHeads, keyWidth, valueWidth in
    let shape = OuterProductShape(
      batch: batch, heads: heads, keyHeads: keyHeads, length: 100, keyWidth: keyWidth, valueWidth: valueWidth)
    let (keys, values) = (keyHeads * keyWidth, heads * valueWidth)
    let (k, v, states) = (batch * 100 * keys, batch * 100 * values, batch * heads * keyWidth * valueWidth)
    let detail = "B\(batch) H\(heads) of \(keyHeads)"
    return [false, true].flatMap { isPerHead in
      let decays = isPerHead ? heads : batch * 100 * heads
      @Sendable func decay(_ x: UnsafeRawPointer) -> OuterProductDecay {
        isPerHead ? .perHead(x.floats) : .perPosition(x.floats)
      }
      @Sendable func gradient(_ y: UnsafeMutableRawPointer) -> OuterProductDecayGradient {
        isPerHead ? .perHead(y.floats) : .perPosition(y.floats)
      }
      return [
        ThreadCase(
          "outerProductRecurrenceByChunks", detail, reads: [decays, k, k, v, states], from: [-0.4...0, -1...1],
          writes: [v, states]
        ) {
          outerProductRecurrenceByChunks(
            shape, decay: decay($0[0]), queries: AttentionRows($0[1], length: 100, width: keys),
            keys: AttentionRows($0[2], length: 100, width: keys),
            values: AttentionRows($0[3], length: 100, width: values),
            output: MutableAttentionRows($1[0], length: 100, width: values), initialState: $0[4].floats,
            finalState: $1[1].floats, on: $2)
        },
        ThreadCase(
          "outerProductRecurrenceGradientByChunks", detail, reads: [decays, k, k, v, states, v, states],
          from: [-0.4...0, -1...1], writes: [k, k, v, states, decays]
        ) {
          outerProductRecurrenceGradientByChunks(
            shape, decay: decay($0[0]), queries: AttentionRows($0[1], length: 100, width: keys),
            keys: AttentionRows($0[2], length: 100, width: keys),
            values: AttentionRows($0[3], length: 100, width: values), initialState: $0[4].floats,
            outputGradient: AttentionRows($0[5], length: 100, width: values), finalStateGradient: $0[6].floats,
            queryGradient: MutableAttentionRows($1[0], length: 100, width: keys),
            keyGradient: MutableAttentionRows($1[1], length: 100, width: keys),
            valueGradient: MutableAttentionRows($1[2], length: 100, width: values),
            decayGradient: gradient($1[4]), initialStateGradient: $1[3].floats, on: $2)
        },
      ]
    }
  }
}
