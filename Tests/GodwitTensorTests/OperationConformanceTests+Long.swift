import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

extension OperationConformanceTests {
  /// Attentions and recurrences with the head widths of models, over `length` positions.
  private static func wideCases(length t: Int) -> [OperationCase] {
    var cases: [OperationCase] = []
    for (k, v) in [(48, 48), (64, 64)] {
      for causal in [true, false] {
        let shapes: [Shape] = [[1, t, 2, k], [1, t, 1, k], [1, t, 1, v]]
        cases.append(
          OperationCase("softmaxAttention", shapes) { softmaxAttention($0[0], $0[1], $0[2], causal: causal) })
        cases.append(
          OperationCase("squaredReluAttention", [[1, t, k], [1, t, k], [1, t, v]]) {
            squaredReluAttention($0[0], $0[1], $0[2], causal: causal)
          })
        cases.append(
          OperationCase(
            "linearAttention", [[1, t, 2, k], [1, t, 2, k], [1, t, 2, v], [1, 2, k, v], [1, 2, k]],
            [.real, .real, .real, .real, .positive],
            all: {
              let (y, state) = linearAttention(
                $0[0], $0[1], $0[2], state: LinearAttentionState(matrix: $0[3], sum: $0[4]), causal: causal)
              return [y, state.matrix, state.sum]
            }))
      }
      for pattern: AttentionPattern in [
        .local(window: 40), .localAndGlobal(window: 20, globals: 3, causal: false), .strided(16, window: 16),
        .blocks(size: 32, window: 1, globals: 1, random: 1, seed: 1),
      ] {
        cases.append(
          OperationCase("sparseAttention", [[1, t, 2, k], [1, t, 1, k], [1, t, 1, v]]) {
            sparseAttention($0[0], $0[1], $0[2], pattern: pattern)
          })
      }
      cases.append(
        OperationCase("topKAttention", [[1, t, 2, k], [1, t, 1, k], [1, t, 1, v]]) {
          topKAttention($0[0], $0[1], $0[2], count: 8)
        })
      // More than 128 queries in a chunk.
      for gates in [1, 2] {
        let shapes: [Shape] = [[1, t, 4, 1, k], [1, t, gates, 1, v]]
        cases.append(
          OperationCase(
            "mixedChunkAttention", shapes + [[1, 1, k, v]],
            all: {
              let (y, past) = mixedChunkAttention($0[0], values: $0[1], chunk: 140, past: $0[2], position: 280)
              return [y, past]
            }))
        cases.append(
          OperationCase("bidirectionalMixedChunkAttention", shapes) {
            bidirectionalMixedChunkAttention($0[0], values: $0[1], chunk: 140)
          })
      }
      for decay: Shape? in [nil, [2], [2, k], [1, t, 2], [1, t, 2, k]] {
        let domains: [OperationCase.Domain] = [.real, .real, .real] + (decay == nil ? [.real] : [.negative, .real])
        var unsummed: (@Sendable ([Tensor]) -> [Tensor])?
        if decay != nil { unsummed = { expandingDecay($0, to: [1, t, 2, k]) } }
        cases.append(
          OperationCase(
            "outerProductRecurrence",
            [[1, t, 2, k], [1, t, 2, k], [1, t, 2, v]] + (decay.map { [$0] } ?? []) + [[1, 2, k, v]],
            domains, hasOneGradientKernel: decay == nil, unsummed: unsummed,
            all: {
              let (y, state) = outerProductRecurrence(
                $0[0], $0[1], $0[2], logDecay: decay == nil ? nil : $0[3], initial: $0[$0.count - 1])
              return [y, state]
            }))
      }
      for (heads, decay) in [(4, [4]), (4, [1, t, 4]), (2, [1, t, 2])] as [(Int, Shape)] {
        cases.append(
          OperationCase(
            "outerProductRecurrence", [[1, t, 1, k], [1, t, 1, k], [1, t, heads, v], decay, [1, heads, k, v]],
            [.real, .real, .real, .negative, .real], hasOneGradientKernel: false,
            unsummed: { expandingDecay($0, to: [1, t, heads, k]) },
            all: {
              let (y, state) = outerProductRecurrence($0[0], $0[1], $0[2], logDecay: $0[3], initial: $0[4])
              return [y, state]
            }))
      }
      for side in [AttentionSide.query, .key] {
        var generator = Philox(seed: 9)
        let projection = Tensor(normal: 0, shape: [k, v], using: &generator)
        cases.append(
          OperationCase("positiveRandomFeatures", [[t, k]]) {
            positiveRandomFeatures($0[0], projection: projection.converted(to: $0[0].dtype), scale: 0.3, side: side)
          })
      }
      cases.append(OperationCase("rotary", [[1, t, 2, k]]) { rotary($0[0], offset: 3) })
    }
    return cases
  }

  /// Few positions, so that all derivatives are checked.
  static let wideCases = wideCases(length: 5)

  /// So many positions that every kernel works through several blocks; fewer where loops are not optimised.
  static let longCases: [OperationCase] = {
    #if DEBUG
      wideCases(length: 40)
    #else
      wideCases(length: 300)
    #endif
  }()

  @Test(arguments: longCases) func kernelsConformOverLongSequences(operation: OperationCase) {
    checkKernels(of: operation)
  }
}

/// The operands of an outer-product recurrence with a decay of its own for each channel of each position.
@Sendable private func expandingDecay(_ operands: [Tensor], to full: Shape) -> [Tensor] {
  let decay = operands[3]
  let shape: Shape =
    switch decay.rank {
    case 1: [1, 1, full[2], 1]
    case 2: [1, 1, full[2], full[3]]
    case 3: [full[0], full[1], full[2], 1]
    default: full
    }
  var expanded = operands
  expanded[3] = decay.reshaped(shape).broadcast(to: full)
  return expanded
}
