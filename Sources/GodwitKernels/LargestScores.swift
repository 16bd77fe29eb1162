import CGodwitKernels

/// The largest of a stream of scores and their rows. Of equal ones those of the earlier rows; what is not a number goes
/// before all numbers, so that it is not hidden.
final class LargestScores {
  /// How many are kept in the end.
  private let count: Int
  /// More candidates than this are cut back to the largest.
  private let limit: Int
  /// The ranks of scores, of which the largest are wanted.
  private let candidates: UnsafeMutablePointer<UInt64>
  private var held = 0
  /// What a later score must exceed, once there are enough.
  private var threshold: Float?

  /// - Parameter block: the most scores that are added at a time.
  init(count: Int, block: Int) {
    self.count = count
    limit = 2 * count + 16
    candidates = .allocate(capacity: limit + block)
  }

  deinit { candidates.deallocate() }

  func reset() { (held, threshold) = (0, nil) }

  /// Adds the scores of the rows from `first` on, which are later than those before.
  func add(_ scores: UnsafePointer<Float>, _ number: Int, from first: Int, _ table: UnsafePointer<gw_attention>) {
    held += table.pointee.ranks(number, scores, threshold == nil ? 0 : 1, threshold ?? 0, first, candidates + held)
    if held > limit { cut() }
  }

  /// Calls `body` for the kept ones in the order of their rows; returns how many there are.
  func inOrder(_ body: (_ index: Int, _ score: Float, _ row: Int32) -> Void) -> Int {
    if held > count { cut() }
    var kept = UnsafeMutableBufferPointer(start: candidates, count: held)
    kept.sort { UInt32(truncatingIfNeeded: $0) > UInt32(truncatingIfNeeded: $1) }
    for (index, rank) in kept.enumerated() {
      body(index, gw_ranked_score(rank), Int32(bitPattern: ~UInt32(truncatingIfNeeded: rank)))
    }
    return held
  }

  /// Leaves the `count` largest (Hoare 1961, "Algorithm 65: find").
  private func cut() {
    let candidates = candidates
    var (low, high) = (0, held - 1)
    while low < high {
      let pivot = candidates[(low + high) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while candidates[i] > pivot { i += 1 }
        while pivot > candidates[j] { j -= 1 }
        if i <= j {
          (candidates[i], candidates[j]) = (candidates[j], candidates[i])
          (i, j) = (i + 1, j - 1)
        }
      }
      if count - 1 <= j {
        high = j
      } else if count - 1 >= i {
        low = i
      } else {
        break
      }
    }
    held = count
    var least = candidates[0]
    for index in 1..<max(count, 1) { least = min(candidates[index], least) }
    let score = gw_ranked_score(least)
    threshold = score.isNaN ? .infinity : score
  }
}
