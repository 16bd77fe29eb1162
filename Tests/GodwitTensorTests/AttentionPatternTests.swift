import GodwitKernels
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct AttentionPatternTests {
  static let patterns: [AttentionPattern] =
    [
      .local(window: 1), .local(window: 5), .local(window: 64), .local(window: 1000), .local(window: 0, causal: false),
      .local(window: 3, causal: false), .local(window: 50, causal: false), .local(window: 1000, causal: false),
      .localAndGlobal(window: 7, globals: 1), .localAndGlobal(window: 20, globals: 3),
      .localAndGlobal(window: 3, globals: 60), .localAndGlobal(window: 6, globals: 2, causal: false),
      .localAndGlobal(window: 1, globals: 70, causal: false), .strided(1, window: 0), .strided(4, window: 0),
      .strided(10, window: 10), .strided(7, window: 17), .strided(200, window: 3), .strided(3, window: 200),
    ]
    + [true, false].flatMap { causal -> [AttentionPattern] in
      [
        .blocks(size: 4, window: 1, globals: 1, random: 2, seed: 3, causal: causal),
        .blocks(size: 16, window: 2, globals: 0, random: 1, seed: 4, causal: causal),
        .blocks(size: 7, window: 1, globals: 2, random: 0, seed: 5, causal: causal),
        .blocks(size: 60, window: 1, globals: 1, random: 1, seed: 5, causal: causal),
        .blocks(size: 9, lists: (0..<60).map { [$0, $0 / 2, 3 * $0 % 11] }, causal: causal),
      ]
    }

  static let lengths = [0, 1, 7, 33, 100, 211]

  /// The pairs that the plan computes, each counted.
  private func pairs(_ plan: SparseAttentionPlan, queries: Int, keys: Int) -> [[Double]] {
    var counts = [[Double]](repeating: [Double](repeating: 0, count: keys), count: queries)
    for tile in plan.tiles {
      for lane in 0..<tile.queries.count {
        for run in plan.runs[tile.runs] {
          for j in 0..<run.rows.count where j >= lane + run.low && j <= lane + run.high {
            counts[tile.queries.start + lane * tile.queries.step][run.rows.start + j * run.rows.step] += 1
          }
        }
      }
    }
    return counts
  }

  @Test(arguments: patterns) func thePlanHasThePairsOfTheMask(pattern: AttentionPattern) {
    for length in Self.lengths where length > 0 {
      let plan = pattern.plan(queries: 0..<length, keys: KeyPositions(count: length))
      let mask = pattern.mask(length: length)
      let isSame = pairs(plan, queries: length, keys: length).flatMap { $0 } == mask.scalars
      #expect(isSame, "\(length)")
      for pass in plan.passes {
        let queries = plan.tiles[pass].flatMap { tile in
          (0..<tile.queries.count).map { tile.queries.start + $0 * tile.queries.step }
        }
        #expect(queries.sorted() == Array(0..<length), "a pass has each query once")
      }
      #expect(Double(pattern.nonZeroCount(length: length)) == mask.sum().scalars[0], "\(length)")
    }
    #expect(pattern.nonZeroCount(length: 0) == 0)
  }

  /// The rows of later queries alone are the last rows of the whole.
  @Test(arguments: patterns.filter(\.causal)) func thePlanAfterAPastHasTheLastRows(pattern: AttentionPattern) {
    for (past, length) in [(1, 1), (3, 70), (100, 1), (99, 50), (64, 64)] {
      let plan = pattern.plan(queries: past..<past + length, keys: KeyPositions(count: past + length))
      let mask = pattern.mask(length: past + length).slice(past..<past + length, along: 0)
      let isSame = pairs(plan, queries: length, keys: past + length).flatMap { $0 } == mask.scalars
      #expect(isSame, "\(past) + \(length)")
    }
  }

  @Test func causalPatternsOfLongerSequencesBeginAsThoseOfShorter() {
    for pattern in Self.patterns where pattern.causal {
      let (short, long) = (pattern.mask(length: 100), pattern.mask(length: 211))
      expectClose(long.slice(0..<100, along: 0).slice(0..<100, along: 1), short)
      #expect((short - short.lowerTriangle()).scalars.allSatisfy { $0 == 0 }, "a query sees a later key")
    }
  }

  /// The counts that the papers' formulas give.
  @Test func countsFollowTheFormulas() {
    for (n, w) in [(100, 1), (100, 7), (2048, 256), (32768, 257)] {
      #expect(AttentionPattern.local(window: w).nonZeroCount(length: n) == n * w - w * (w - 1) / 2)
      let sides = AttentionPattern.local(window: w, causal: false).nonZeroCount(length: n)
      #expect(sides == n * (2 * w + 1) - w * (w + 1))
    }
    // With a stride of √n: n √n for the window and, for each of the √n residues, half a square of √n positions beyond it.
    for root in [4, 16, 64, 128] {
      let n = root * root
      let count = AttentionPattern.strided(root, window: root).nonZeroCount(length: n)
      #expect(count == n * root - root * (root - 1) / 2 + root * (root * (root - 1) / 2))
      #expect(Double(count) < 1.5 * Double(n * root))
    }
    // Those with fixed numbers are linear: as much longer, as many more.
    let linear: [AttentionPattern] = [
      .localAndGlobal(window: 64, globals: 4), .localAndGlobal(window: 64, globals: 4, causal: false),
      .blocks(size: 64, window: 3, globals: 1, random: 2, seed: 1),
      .blocks(size: 64, window: 1, globals: 1, random: 2, seed: 1, causal: false),
    ]
    for pattern in linear {
      let counts = [16_384, 32_768, 65_536].map { pattern.nonZeroCount(length: $0) }
      #expect(counts[2] - counts[1] == 2 * (counts[1] - counts[0]))
    }
  }

  /// Random blocks are different from each other and from those that are seen anyway, and depend on the seed.
  @Test func randomBlocksAreDrawnFromTheRest() {
    let pattern = AttentionPattern.blocks(size: 1, window: 2, globals: 3, random: 4, seed: 9)
    let mask = pattern.mask(length: 300)
    let counts = mask.sum(along: 1).scalars
    for (row, count) in counts.enumerated() { #expect(count == Double(min(row + 1, 9)), "row \(row)") }
    let other = AttentionPattern.blocks(size: 1, window: 2, globals: 3, random: 4, seed: 10)
    #expect(mask.scalars != other.mask(length: 300).scalars)
    // Each of the blocks before is drawn as often as any other: 4 / 290 of the last ten thousand rows' places or so.
    let last = (0..<2000).map { seed in
      AttentionPattern.blocks(size: 1, window: 1, globals: 0, random: 2, seed: UInt64(seed))
        .mask(length: 11).scalars.suffix(11)
    }
    for key in 0..<10 {
      let drawn = last.reduce(0.0) { $0 + $1[$1.startIndex + key] }
      // 2000 trials of probability 1/5: five and a half deviations.
      #expect(abs(drawn - 400) < 5.5 * 17.9, "block \(key)")
    }
  }

  @Test(arguments: patterns) func equalsMaskedDenseAttention(pattern: AttentionPattern) {
    for length in Self.lengths {
      for (heads, keyHeads) in length == 33 ? [(4, 2), (2, 2)] : [(2, 2)] {
        var generator = Philox(seed: UInt64(length))
        let x = [heads, keyHeads, keyHeads].map {
          Tensor(normal: 0, shape: [2, length, $0, 8], using: &generator)
        }
        let dy = Tensor(normal: 0, shape: [2, length, heads, 8], using: &generator)
        let (y, pullback) = valueWithPullback(at: x) { sparseAttention($0[0], $0[1], $0[2], pattern: pattern) }
        let mask = pattern.mask(length: length, dtype: .float64)
        let (want, densePullback) = valueWithPullback(at: x.map { $0.converted(to: .float64) }) {
          dense($0[0], $0[1], $0[2], mask)
        }
        expectClose(y, want, tolerance: Tolerance.value(.float32), "\(length)")
        let gradients = zip(pullback(dy), densePullback(dy.converted(to: .float64)))
        for (index, (got, want)) in gradients.enumerated() {
          // Where each query sees one key, nothing is left of the gradients of queries and keys.
          let size = Tensor(ones: want.shape, dtype: .float64)
          if index == 2 {
            expectClose(got, want, tolerance: Tolerance.value(.float32), "gradient \(index), \(length)")
          } else {
            expectClose(
              got + size.converted(to: .float32), want + size, tolerance: Tolerance.value(.float32),
              "gradient \(index), \(length)")
          }
        }
      }
    }
  }

  /// Written anew, so that it shares nothing with the operation: exp(scores) under the mask over its sum.
  private func dense(_ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor) -> Tensor {
    let (b, t, h, k) = (query.shape[0], query.shape[1], query.shape[2], query.shape[3])
    let g = key.shape[2]
    func byHead(_ x: Tensor) -> Tensor {
      let heads = x.reshaped([b, t, x.shape[2], 1, k]).broadcast(to: [b, t, x.shape[2], h / x.shape[2], k])
      return heads.reshaped([b, t, h, k]).transposed([0, 2, 1, 3])
    }
    #expect(h % g == 0)
    let weights = exp(matmul(byHead(query), byHead(key), transposeB: true) * (1 / Double(k).squareRoot())) * mask
    return (matmul(weights, byHead(value)) / weights.sum(along: 3, keepingAxis: true)).transposed([0, 2, 1, 3])
  }

  /// Keys that no query sees may be anything.
  @Test func whatIsNotSeenHasNoInfluence() {
    var generator = Philox(seed: 2)
    let x = (0..<3).map { _ in Tensor(normal: 0, shape: [1, 150, 1, 8], using: &generator) }
    let pattern = AttentionPattern.strided(16, window: 8)
    let row = pattern.mask(length: 150).element(140, along: 0).scalars
    let poison = Tensor(row.map { $0 == 1 ? 0 : 1e30 }, shape: [1, 150, 1, 1], dtype: .float32)
    let (a, b) = (
      sparseAttention(x[0], x[1], x[2], pattern: pattern),
      sparseAttention(x[0], x[1] + poison, x[2] + poison, pattern: pattern)
    )
    #expect(a.element(140, along: 1).scalars == b.element(140, along: 1).scalars)
    #expect(a.element(139, along: 1).scalars != b.element(139, along: 1).scalars)
  }
}
