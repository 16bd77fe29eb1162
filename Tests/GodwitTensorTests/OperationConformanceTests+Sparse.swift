import GodwitTensor
import GodwitTestSupport

extension OperationConformanceTests {
  /// Attention to the keys of a pattern.
  static let sparseCases: [OperationCase] = {
    let patterns: [AttentionPattern] = [
      .local(window: 3), .local(window: 1, causal: false), .localAndGlobal(window: 2, globals: 2),
      .localAndGlobal(window: 1, globals: 2, causal: false), .strided(3, window: 2),
      .blocks(size: 2, window: 1, globals: 1, random: 1, seed: 1),
      .blocks(size: 3, lists: [[0, 1], [1], [0, 2]], causal: false),
    ]
    var cases: [OperationCase] = []
    for pattern in patterns {
      for (b, t, heads, keyHeads, k, v) in [
        (2, 7, 4, 2, 3, 5), (1, 1, 1, 1, 2, 1), (0, 3, 2, 2, 2, 2), (2, 0, 1, 1, 3, 4), (1, 5, 0, 0, 2, 2),
      ] {
        cases.append(
          OperationCase("sparseAttention", [[b, t, heads, k], [b, t, keyHeads, k], [b, t, keyHeads, v]]) {
            sparseAttention($0[0], $0[1], $0[2], pattern: pattern)
          })
      }
      cases.append(
        OperationCase("sparseAttention", [[2, 5, 8 * 3]]) {
          sparseAttention(packed: $0[0], heads: 4, keyHeads: 2, pattern: pattern)
        })
      if pattern.causal {
        cases.append(
          OperationCase("sparseAttention", [[1, 3, 2, 3], [1, 7, 2, 3], [1, 7, 2, 3]]) {
            sparseAttention($0[0], $0[1], $0[2], pattern: pattern, offset: 4, scale: 0.3)
          })
      }
    }
    for (b, t, heads, keyHeads, k, v) in [
      (2, 7, 4, 2, 3, 5), (1, 1, 1, 1, 2, 1), (0, 3, 2, 2, 2, 2), (2, 0, 1, 1, 3, 4), (1, 5, 0, 0, 2, 2),
    ] {
      for count in [1, 3, 100] {
        cases.append(
          OperationCase("topKAttention", [[b, t, heads, k], [b, t, keyHeads, k], [b, t, keyHeads, v]]) {
            topKAttention($0[0], $0[1], $0[2], count: count)
          })
      }
    }
    cases.append(
      OperationCase("topKAttention", [[1, 3, 2, 3], [1, 7, 2, 3], [1, 7, 2, 3]]) {
        topKAttention($0[0], $0[1], $0[2], count: 2, offset: 4, scale: 0.3)
      })
    return cases
  }()
}
