import GodwitKernels
import GodwitRandom

/// The blocks of keys that each block of queries sees.
struct BlockPattern: Sendable, Hashable {
  enum Choice: Sendable, Hashable {
    case drawn(window: Int, globals: Int, random: Int, seed: UInt64)
    case listed([[Int]])
  }

  let size: Int
  let choice: Choice

  /// The blocks that a block of queries sees, of `count` blocks, in their order.
  func keyBlocks(of block: Int, count: Int, causal: Bool) -> [Int] {
    let limit = causal ? block + 1 : count
    switch choice {
    case .listed(let lists):
      require(block < lists.count, "AttentionPattern.blocks: \(lists.count) lists for \(count) blocks")
      let seen = Set(lists[block]).filter { $0 < limit }.sorted()
      require(!seen.isEmpty, "AttentionPattern.blocks: block \(block) sees none of the \(limit) that it may see")
      return seen
    case .drawn(let window, let globals, let random, let seed):
      if block < globals { return Array(0..<limit) }
      let first = max(causal ? block - window + 1 : block - window, 0)
      let near = first..<min(causal ? block + 1 : block + window + 1, count)
      // The others are those after the global ones, without those that are near.
      let rest = min(globals, limit)..<limit
      let hole = near.clamped(to: rest)
      let drawn = Self.draw(random, of: rest.count - hole.count, seed: seed, block: block).map {
        rest.lowerBound + $0 < hole.lowerBound ? rest.lowerBound + $0 : rest.lowerBound + $0 + hole.count
      }
      return Set(Array(0..<rest.lowerBound) + near + drawn).sorted()
    }
  }

  /// `count` different numbers below `total`, all of them if there are no more.
  ///
  /// Floyd's algorithm (Bentley and Floyd 1987, "A sample of brilliance").
  private static func draw(_ count: Int, of total: Int, seed: UInt64, block: Int) -> Set<Int> {
    if count >= total { return Set(0..<total) }
    var generator = Philox(seed: seed, stream: UInt64(block))
    var drawn = Set<Int>()
    for last in total - count..<total {
      let number = Int.random(in: 0...last, using: &generator)
      drawn.insert(drawn.contains(number) ? last : number)
    }
    return drawn
  }
}
