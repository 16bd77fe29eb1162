@testable import GodwitKernels

extension ThreadCase {
  static let recurrenceKernels: [ThreadCase] = diagonal + outerProducts + longSums + linearAttentions

  /// Coefficients of their own for each position or shared by the batch, by all positions, or both.
  private static let diagonal: [ThreadCase] = {
    let (batch, length, width) = (2, 600, 700)
    let (count, states) = (batch * length * width, batch * width)
    var cases: [ThreadCase] = []
    for (sharesBatch, sharesTime) in [(false, false), (true, false), (false, true), (true, true)] {
      let strides = (batch: sharesBatch ? 0 : sharesTime ? width : length * width, time: sharesTime ? 0 : width)
      let a = (sharesBatch ? 1 : batch) * (sharesTime ? 1 : length) * width
      let detail = "shared by the batch \(sharesBatch), by time \(sharesTime)"
      cases += [
        ThreadCase(
          "diagonalRecurrence", detail, reads: [a, count, states], from: [0.3...0.95, -1...1], writes: [count]
        ) {
          diagonalRecurrence(
            batch: batch, length: length, width: width, a: $0[0].floats, aStrides: strides, b: $0[1].floats,
            h: $1[0].floats, initial: $0[2].floats, on: $2)
        },
        ThreadCase(
          "diagonalRecurrenceGradient", detail, reads: [a, count, states, count], from: [0.3...0.95, -1...1],
          writes: [a, count, states]
        ) {
          diagonalRecurrenceGradient(
            batch: batch, length: length, width: width, a: $0[0].floats, aStrides: strides, h: $0[1].floats,
            initial: $0[2].floats, dh: $0[3].floats, da: $1[0].floats, db: $1[1].floats, dInitial: $1[2].floats, on: $2)
        },
        ThreadCase(
          "complexDiagonalRecurrence", detail, reads: [a, a, count, count, states, states],
          from: [0.3...0.65, 0.3...0.65, -1...1], writes: [count, count]
        ) {
          complexDiagonalRecurrence(
            batch: batch, length: length, width: width, a: complex($0, 0), aStrides: strides, b: complex($0, 2),
            h: complex($1, 0), initial: complex($0, 4), on: $2)
        },
        ThreadCase(
          "complexDiagonalRecurrenceGradient", detail,
          reads: [a, a, count, count, states, states, count, count], from: [0.3...0.65, 0.3...0.65, -1...1],
          writes: [a, a, count, count, states, states]
        ) {
          complexDiagonalRecurrenceGradient(
            batch: batch, length: length, width: width, a: complex($0, 0), aStrides: strides, h: complex($0, 2),
            initial: complex($0, 4), dh: complex($0, 6), da: complex($1, 0), db: complex($1, 2),
            dInitial: complex($1, 4), on: $2)
        },
      ]
    }
    return cases
  }()

  private static let longSums: [ThreadCase] = {
    let (heads, keys, values) = (23, 37, 41)
    let count = heads * keys * values
    return [
      ThreadCase("addToLongSum", reads: [count, count, count], writes: [count, count]) {
        addToLongSum(
          count, $0[0].floats, to: LongSumRows(sum: $0[1].floats, rest: $0[2].floats),
          after: MutableLongSumRows(sum: $1[0].floats, rest: $1[1].floats), on: $2)
      },
      ThreadCase(
        "longSumStep", reads: [heads * keys, heads * keys, heads * values, count, count],
        writes: [count, count, heads * values]
      ) {
        longSumStep(
          heads, keyWidth: keys, valueWidth: values, query: $0[0].floats, key: $0[1].floats, value: $0[2].floats,
          before: LongSumRows(sum: $0[3].floats, rest: $0[4].floats),
          after: MutableLongSumRows(sum: $1[0].floats, rest: $1[1].floats), output: $1[2].floats, on: $2)
      },
    ]
  }()

  private static func complex(_ x: [UnsafeRawPointer], _ place: Int) -> ComplexFloats {
    ComplexFloats(real: x[place].floats, imaginary: x[place + 1].floats)
  }

  private static func complex(_ y: [UnsafeMutableRawPointer], _ place: Int) -> MutableComplexFloats {
    MutableComplexFloats(real: y[place].floats, imaginary: y[place + 1].floats)
  }

  /// Heads that are cut, that go round, and of which a thread takes several.
  private static let sizes = [(1, 1, 20, 100), (1, 3, 70, 40), (2, 8, 20, 100)]

  private static let outerProducts: [ThreadCase] = {
    let length = 100
    var cases: [ThreadCase] = []
    for (batch, heads, keyWidth, valueWidth) in sizes {
      for kind in NaiveOuterProduct.Kind.allCases {
        for strict in [false, true] {
          let shape = OuterProductShape(
            batch: batch, heads: heads, length: length, keyWidth: keyWidth, valueWidth: valueWidth, strictlyPast: strict
          )
          let (k, v) = (batch * length * heads * keyWidth, batch * length * heads * valueWidth)
          let (states, decays) = (batch * heads * keyWidth * valueWidth, kind.count(shape))
          let detail = "B\(batch) H\(heads) \(kind), strictly past \(strict)"
          @Sendable func decay(_ x: UnsafeRawPointer) -> OuterProductDecay {
            switch kind {
            case .none: .none
            case .perHead: .perHead(x.floats)
            case .perHeadChannel: .perHeadChannel(x.floats)
            case .perPosition: .perPosition(x.floats)
            case .perChannel: .perChannel(AttentionRows(x, length: length, width: heads * keyWidth))
            }
          }
          @Sendable func gradient(_ y: UnsafeMutableRawPointer) -> OuterProductDecayGradient {
            switch kind {
            case .none: .none
            case .perHead: .perHead(y.floats)
            case .perHeadChannel: .perHeadChannel(y.floats)
            case .perPosition: .perPosition(y.floats)
            case .perChannel: .perChannel(MutableAttentionRows(y, length: length, width: heads * keyWidth))
            }
          }
          cases += [
            ThreadCase(
              "outerProductRecurrence", detail, reads: [decays, k, k, v, states], from: [-0.4...0, -1...1],
              writes: [v, states]
            ) {
              outerProductRecurrence(
                shape, decay: decay($0[0]), queries: AttentionRows($0[1], length: length, width: heads * keyWidth),
                keys: AttentionRows($0[2], length: length, width: heads * keyWidth),
                values: AttentionRows($0[3], length: length, width: heads * valueWidth),
                output: MutableAttentionRows($1[0], length: length, width: heads * valueWidth),
                initialState: $0[4].floats, finalState: $1[1].floats, on: $2)
            },
            ThreadCase(
              "outerProductRecurrenceGradient", detail, reads: [decays, k, k, v, states, v, states],
              from: [-0.4...0, -1...1], writes: [k, k, v, states] + (kind == .none ? [] : [decays])
            ) {
              outerProductRecurrenceGradient(
                shape, decay: decay($0[0]), queries: AttentionRows($0[1], length: length, width: heads * keyWidth),
                keys: AttentionRows($0[2], length: length, width: heads * keyWidth),
                values: AttentionRows($0[3], length: length, width: heads * valueWidth), initialState: $0[4].floats,
                outputGradient: AttentionRows($0[5], length: length, width: heads * valueWidth),
                finalStateGradient: $0[6].floats,
                queryGradient: MutableAttentionRows($1[0], length: length, width: heads * keyWidth),
                keyGradient: MutableAttentionRows($1[1], length: length, width: heads * keyWidth),
                valueGradient: MutableAttentionRows($1[2], length: length, width: heads * valueWidth),
                decayGradient: gradient($1.last!), initialStateGradient: $1[3].floats, on: $2)
            },
          ]
        }
      }
    }
    return cases
  }()

  private static let linearAttentions: [ThreadCase] = {
    var cases: [ThreadCase] = []
    for (batch, heads, keyWidth, valueWidth) in sizes {
      for (causal, normalized) in [(true, true), (true, false), (false, true)] {
        let shape = LinearAttentionShape(
          batch: batch, heads: heads, length: 500, keyWidth: keyWidth, valueWidth: valueWidth, causal: causal)
        let (k, v) = (batch * 500 * heads * keyWidth, batch * 500 * heads * valueWidth)
        let (states, sums, divisors) = (
          batch * heads * keyWidth * valueWidth, batch * heads * keyWidth, batch * 500 * heads
        )
        let detail = "B\(batch) H\(heads), causal \(causal), normalized \(normalized)"
        cases += [false, true].map { onlyAdded in
          ThreadCase(
            "linearAttention", detail + (onlyAdded ? ", what is added" : ""), reads: [k, k, v, states, sums],
            from: [-1...1, -1...1, -1...1, -1...1, 0...1], writes: [v, states] + (normalized ? [divisors, sums] : [])
          ) {
            let (matrix, sum) = ($1[1].floats, normalized ? $1[3].floats : nil)
            linearAttention(
              shape, map: .eluPlusOne, normalized: normalized,
              queries: AttentionRows($0[0], length: 500, width: heads * keyWidth),
              keys: AttentionRows($0[1], length: 500, width: heads * keyWidth),
              values: AttentionRows($0[2], length: 500, width: heads * valueWidth),
              output: MutableAttentionRows($1[0], length: 500, width: heads * valueWidth),
              denominator: normalized ? $1[2].floats : nil, initialState: $0[3].floats, initialSum: $0[4].floats,
              finalState: onlyAdded ? nil : matrix, finalSum: onlyAdded ? nil : sum,
              added: onlyAdded ? (matrix, sum ?? $1[0].floats) : nil, on: $2)
          }
        }
        cases.append(
          ThreadCase(
            "linearAttentionGradient", detail,
            reads: [k, k, v, v, divisors, states, sums, v, states, sums, divisors],
            from: [
              -1...1, -1...1, -1...1, -1...1, 1...9, -1...1, 0...1, -1...1, -1...1, -1...1, 0...0,
            ],
            writes: [k, k, v, states] + (normalized ? [sums] : [])
          ) {
            linearAttentionGradient(
              shape, map: .eluPlusOne, normalized: normalized,
              queries: AttentionRows($0[0], length: 500, width: heads * keyWidth),
              keys: AttentionRows($0[1], length: 500, width: heads * keyWidth),
              values: AttentionRows($0[2], length: 500, width: heads * valueWidth),
              output: AttentionRows($0[3], length: 500, width: heads * valueWidth), denominator: $0[4].floats,
              exponents: $0[10].floats,
              initialState: $0[5].floats, initialSum: normalized ? $0[6].floats : nil,
              outputGradient: AttentionRows($0[7], length: 500, width: heads * valueWidth),
              finalStateGradient: $0[8].floats, finalSumGradient: normalized ? $0[9].floats : nil,
              queryGradient: MutableAttentionRows($1[0], length: 500, width: heads * keyWidth),
              keyGradient: MutableAttentionRows($1[1], length: 500, width: heads * keyWidth),
              valueGradient: MutableAttentionRows($1[2], length: 500, width: heads * valueWidth),
              initialStateGradient: $1[3].floats, initialSumGradient: normalized ? $1[4].floats : nil, on: $2)
          })
      }
    }
    return cases
  }()
}

extension AttentionRows {
  /// Dense rows, `length` of them for each entry of a batch.
  init(_ x: UnsafeRawPointer, length: Int, width: Int) {
    self.init(pointer: x.floats, batchStride: length * width, rowStride: width)
  }
}

extension MutableAttentionRows {
  /// Dense rows, `length` of them for each entry of a batch.
  init(_ y: UnsafeMutableRawPointer, length: Int, width: Int) {
    self.init(pointer: y.floats, batchStride: length * width, rowStride: width)
  }
}
