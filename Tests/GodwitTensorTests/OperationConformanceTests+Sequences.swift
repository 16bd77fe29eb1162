import GodwitTensor
import GodwitTestSupport

extension OperationConformanceTests {
  /// Attentions and recurrences.
  static let sequenceCases: [OperationCase] = {
    var cases: [OperationCase] = []
    for causal in [true, false] {
      for (heads, keyHeads) in [(1, 1), (4, 2)] {
        let shapes: [Shape] = [[2, 7, heads, 3], [2, 7, keyHeads, 3], [2, 7, keyHeads, 5]]
        cases.append(
          OperationCase("softmaxAttention", shapes) { softmaxAttention($0[0], $0[1], $0[2], causal: causal) })
        cases.append(
          OperationCase("softmaxAttention", [[2, 5, (heads + 2 * keyHeads) * 3]]) {
            softmaxAttention(packed: $0[0], heads: heads, keyHeads: keyHeads, causal: causal)
          })
      }
      let shapes: [Shape] = [[2, 7, 3, 4], [2, 7, 3, 4], [2, 7, 3, 5]]
      let states: [Shape] = [[2, 3, 4, 5], [2, 3, 4]]
      for normalized in [true, false] {
        // Without a map the divisor could come near 0.
        cases.append(
          OperationCase(
            "linearAttention", shapes,
            all: {
              let (y, state) = linearAttention($0[0], $0[1], $0[2], normalized: normalized, causal: causal)
              return normalized ? [y, state.matrix, state.sum] : [y, state.matrix]
            }))
        cases.append(
          OperationCase(
            "linearAttention", shapes + states, [.real, .real, .real, .real, .positive],
            all: {
              let (y, state) = linearAttention(
                $0[0], $0[1], $0[2], state: LinearAttentionState(matrix: $0[3], sum: $0[4]), normalized: normalized,
                causal: causal)
              return normalized ? [y, state.matrix, state.sum] : [y, state.matrix]
            }))
      }
      for normalized in [true, false] where causal {
        cases.append(
          OperationCase(
            "linearAttention", shapes + states, [.real, .real, .real, .real, .positive],
            all: {
              let (y, added) = linearAttention(
                $0[0], $0[1], $0[2], state: LinearAttentionState(matrix: $0[3], sum: $0[4]), featureMap: .eluPlusOne,
                normalized: normalized, epsilon: 0, returnsAdded: true)
              return normalized ? [y, added.matrix, added.sum] : [y, added.matrix]
            }))
      }
      cases.append(
        OperationCase(
          "linearAttention", [[2, 5, 24]],
          all: {
            let (y, state) = linearAttention(
              packed: $0[0], heads: 2, featureMap: .identity, normalized: false, causal: causal)
            return [y, state.matrix]
          }))
    }
    // What rounding leaves of a sum is 0 in float64.
    cases.append(
      OperationCase("longSum", [[2, 3, 5], [2, 3, 5], [2, 3, 5]]) { longSum($0[0], $0[1], adding: $0[2]).sum })
    for (b, h, k, v) in [(2, 3, 4, 21), (1, 1, 1, 1), (0, 2, 3, 4), (2, 3, 4, 0)] {
      cases.append(
        OperationCase(
          "longSumStep", [[b, 1, h, k], [b, 1, h, k], [b, 1, h, v], [b, h, k, v], [b, h, k, v]],
          all: {
            let (y, sum, _) = longSumStep($0[0], $0[1], $0[2], sum: $0[3], rest: $0[4])
            return [y, sum]
          }))
    }
    cases.append(
      OperationCase("softmaxAttention", [[1, 3, 2, 3], [1, 7, 2, 3], [1, 7, 2, 3]]) {
        softmaxAttention($0[0], $0[1], $0[2], offset: 4, scale: 0.3)
      })
    for a: Shape in [[3], [5, 3], [2, 1, 3], [2, 5, 3]] {
      cases.append(OperationCase("diagonalRecurrence", [a, [2, 5, 3]]) { diagonalRecurrence($0[0], $0[1]) })
      cases.append(
        OperationCase("diagonalRecurrence", [a, [2, 5, 3], [2, 3]]) {
          diagonalRecurrence($0[0], $0[1], initial: $0[2])
        })
      cases.append(
        OperationCase(
          "complex diagonalRecurrence", [a, a, [2, 5, 3], [2, 5, 3], [2, 3], [2, 3]],
          all: {
            diagonalRecurrence(
              ComplexTensor(real: $0[0], imaginary: $0[1]), ComplexTensor(real: $0[2], imaginary: $0[3]),
              initial: ComplexTensor(real: $0[4], imaginary: $0[5])
            ).tensors
          }))
    }
    cases.append(
      OperationCase("diagonalRecurrence", [[2, 0, 3], [2, 0, 3], [2, 3]]) {
        diagonalRecurrence($0[0], $0[1], initial: $0[2])
      })
    for a: Shape in [[3], [5, 3], [0, 1, 3]] {
      cases.append(
        OperationCase("diagonalRecurrence", [a, [0, 5, 3], [0, 3]]) {
          diagonalRecurrence($0[0], $0[1], initial: $0[2])
        })
    }
    // Batches, sequences and heads without elements.
    for (b, t, h, k, v) in [
      (0, 7, 2, 3, 4), (2, 0, 2, 3, 4), (2, 7, 0, 3, 4), (2, 7, 2, 3, 0), (2, 1, 1, 2, 1), (2, 1, 1, 1, 1),
    ] {
      let shapes: [Shape] = [[b, t, h, k], [b, t, h, k], [b, t, h, v]]
      for causal in [true, false] {
        cases.append(
          OperationCase("softmaxAttention", shapes) { softmaxAttention($0[0], $0[1], $0[2], causal: causal) })
        cases.append(
          OperationCase(
            "linearAttention", shapes + [[b, h, k, v], [b, h, k]], [.real, .real, .real, .real, .positive],
            all: {
              // In a mean of weights of one channel the query divides out, and of its gradient only rounding is left.
              let normalized = k > 1
              let (y, state) = linearAttention(
                $0[0], $0[1], $0[2], state: LinearAttentionState(matrix: $0[3], sum: $0[4]), normalized: normalized,
                causal: causal)
              return normalized ? [y, state.matrix, state.sum] : [y, state.matrix]
            }))
      }
      for decay: Shape in [[h], [h, k], [b, t, h], [b, t, h, k]] {
        cases.append(
          OperationCase(
            "outerProductRecurrence", shapes + [decay, [b, h, k, v]], [.real, .real, .real, .negative, .real],
            hasOneGradientKernel: false,
            all: {
              let (y, state) = outerProductRecurrence($0[0], $0[1], $0[2], logDecay: $0[3], initial: $0[4])
              return [y, state]
            }))
      }
      cases.append(OperationCase("rotary", [[b, t, h, 4]]) { rotary($0[0], offset: 3) })
    }
    // Heads that share queries and keys.
    for (b, t, g, h) in [(2, 5, 2, 6), (0, 5, 1, 2), (2, 0, 1, 2), (2, 5, 0, 0), (1, 20, 1, 4)] {
      for decay: Shape? in [nil, [h], [b, t, h, 9]] {
        cases.append(
          OperationCase(
            "outerProductRecurrence",
            [[b, t, g, 9], [b, t, g, 9], [b, t, h, 2]] + (decay.map { [$0] } ?? []) + [[b, h, 9, 2]],
            [.real, .real, .real] + (decay == nil ? [.real] : [.negative, .real]), hasOneGradientKernel: decay == nil,
            all: {
              let (y, state) = outerProductRecurrence(
                $0[0], $0[1], $0[2], logDecay: decay == nil ? nil : $0[3], initial: $0[$0.count - 1])
              return [y, state]
            }))
      }
    }
    for strictlyPast in [false, true] {
      let shapes: [Shape] = [[2, 5, 3, 4], [2, 5, 3, 4], [2, 5, 3, 2]]
      for decay: Shape? in [nil, [3], [3, 4], [2, 5, 3], [2, 5, 3, 4]] {
        cases.append(
          OperationCase(
            "outerProductRecurrence", shapes + (decay.map { [$0] } ?? []) + [[2, 3, 4, 2]],
            [.real, .real, .real] + (decay == nil ? [.real] : [.negative, .real]), hasOneGradientKernel: decay == nil,
            all: {
              let (y, state) = outerProductRecurrence(
                $0[0], $0[1], $0[2], logDecay: decay == nil ? nil : $0[3], initial: $0[$0.count - 1],
                strictlyPast: strictlyPast)
              return [y, state]
            }))
      }
    }
    return cases
  }()
}
