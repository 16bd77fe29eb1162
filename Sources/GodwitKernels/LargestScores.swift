import CGodwitKernels

/// The largest of a stream of scores and their rows. Of equal ones those of the earlier rows; what is not a number goes
/// before all numbers, so that it is not hidden.
final class LargestScores {
  /// How many are kept in the end.
  private let count: Int
  /// More candidates than this are cut back to the largest.
  private let limit: Int
  private let candidates: UnsafeMutablePointer<gw_candidate>
  /// The number of candidates, among which are the largest.
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
    held += table.pointee.candidates(number, scores, threshold == nil ? 0 : 1, threshold ?? 0, first, candidates + held)
    if held > limit { cut() }
  }

  /// The kept ones in the order of their rows.
  func sorted() -> UnsafeMutableBufferPointer<gw_candidate> {
    if held > count { cut() }
    var kept = UnsafeMutableBufferPointer(start: candidates, count: held)
    kept.sort { $0.row < $1.row }
    return kept
  }

  @inline(__always)
  private func precedes(_ a: gw_candidate, _ b: gw_candidate) -> Bool {
    if a.score.isNaN || b.score.isNaN { return a.score.isNaN && (!b.score.isNaN || a.row < b.row) }
    return a.score > b.score || (a.score == b.score && a.row < b.row)
  }

  /// Leaves the `count` largest (Hoare 1961, "Algorithm 65: find").
  private func cut() {
    var (low, high) = (0, held - 1)
    while low < high {
      let pivot = candidates[(low + high) / 2]
      var (i, j) = (low, high)
      while i <= j {
        while precedes(candidates[i], pivot) { i += 1 }
        while precedes(pivot, candidates[j]) { j -= 1 }
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
    var least = Float.infinity
    for index in 0..<count { least = min(candidates[index].score, least) }
    threshold = least
  }
}
