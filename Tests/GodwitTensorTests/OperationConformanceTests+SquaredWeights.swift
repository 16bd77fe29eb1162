import GodwitRandom
import GodwitTensor
import GodwitTestSupport

extension OperationConformanceTests {
  /// Attentions whose weights are squares, and random features.
  static let squaredWeightCases: [OperationCase] = {
    var cases: [OperationCase] = []
    for (shape, features): (Shape, Int) in [([2, 7, 2, 3], 5), ([1, 1, 1, 1], 1), ([0, 3, 1, 2], 4), ([33, 8], 40)] {
      for side in [AttentionSide.query, .key] {
        var generator = Philox(seed: 9)
        let projection = Tensor(normal: 0, shape: [shape[shape.rank - 1], features], using: &generator)
        cases.append(
          OperationCase("positiveRandomFeatures", [shape]) {
            positiveRandomFeatures($0[0], projection: projection.converted(to: $0[0].dtype), scale: 0.7, side: side)
          })
      }
    }
    for (b, t, k, v) in [(2, 7, 3, 5), (1, 1, 2, 1), (0, 3, 2, 2), (2, 0, 3, 4), (2, 5, 3, 0)] {
      for causal in [true, false] {
        cases.append(
          OperationCase("squaredReluAttention", [[b, t, k], [b, t, k], [b, t, v]]) {
            squaredReluAttention($0[0], $0[1], $0[2], causal: causal)
          })
      }
    }
    cases.append(
      OperationCase("squaredReluAttention", [[2, 3, 4], [2, 8, 4], [2, 8, 5]]) {
        squaredReluAttention($0[0], $0[1], $0[2], offset: 5)
      })
    for (b, t, h, k, v, chunk) in [
      (2, 7, 1, 3, 5, 3), (1, 9, 2, 2, 3, 3), (2, 1, 2, 2, 2, 4), (0, 3, 1, 2, 2, 2), (2, 0, 1, 3, 2, 2),
      (2, 5, 3, 2, 1, 8), (1, 4, 0, 2, 2, 2),
    ] {
      for gates in [1, 2] {
        for (local, global) in [(true, true), (true, false), (false, true), (false, false)] {
          let shapes: [Shape] = [[b, t, 4, h, k], [b, t, gates, h, v]]
          cases.append(
            OperationCase(
              "mixedChunkAttention", shapes,
              all: {
                let (y, past) = mixedChunkAttention(
                  $0[0], values: $0[1], chunk: chunk, local: local, global: global)
                return global ? [y, past] : [y]
              }))
          cases.append(
            OperationCase(
              "mixedChunkAttention", shapes + [[b, h, k, v]],
              all: {
                let (y, past) = mixedChunkAttention(
                  $0[0], values: $0[1], chunk: chunk, past: $0[2], position: 2 * chunk, local: local, global: global)
                return [y, past]
              }))
          cases.append(
            OperationCase(
              "mixedChunkAttention, what is added", shapes + [[b, h, k, v]],
              all: {
                let (y, added) = mixedChunkAttention(
                  $0[0], values: $0[1], chunk: chunk, addingTo: $0[2], position: 2 * chunk, local: local, global: global
                )
                return global ? [y, added] : [y]
              }))
          cases.append(
            OperationCase("bidirectionalMixedChunkAttention", shapes) {
              bidirectionalMixedChunkAttention($0[0], values: $0[1], chunk: chunk, local: local, global: global)
            })
        }
      }
    }
    return cases
  }()
}
