/// A law of finitely many outcomes, prepared so that one word gives a sample: cells of equal probability, each of which belongs to
/// an outcome of its own, and from a threshold on to another.
///
/// Walker 1977, "An efficient method for generating discrete random variables with general distributions"; the table by Vose 1991,
/// "A linear algorithm for generating random numbers with a given distribution". The upper bits of the word choose the cell, the
/// others are compared with the threshold, so that probabilities are exact to 2⁻⁶⁴ but for the roundings of their sums.
struct AliasTable: Sendable, Hashable {
  private struct Cell: Sendable, Hashable {
    var threshold: UInt64
    var alias: Int
  }

  private let cells: [Cell]
  /// What shifts a word so that its upper bits are a cell, and so that the rest of it remains.
  private let cellShift: UInt64

  /// - Parameter probabilities: of the outcomes 0, 1 and so on; one or more, that add up to 1.
  /// - Complexity: O(outcomes).
  init(_ probabilities: [Double]) {
    // At least two, so that the shift is below 64.
    let count = max(powerOfTwo(notBelow: probabilities.count), 2)
    var own = [Double](repeating: 0, count: count)
    for (index, probability) in probabilities.enumerated() { own[index] = probability * Double(count) }
    var alias = Array(0..<count)
    var poor = alias.filter { own[$0] < 1 }
    var rich = alias.filter { own[$0] >= 1 }
    while let taker = poor.popLast(), let giver = rich.last {
      alias[taker] = giver
      own[giver] -= 1 - own[taker]
      if own[giver] < 1 {
        rich.removeLast()
        poor.append(giver)
      }
    }
    // What roundings have left without an alias is its own wholly; only outcomes that are possible are.
    cells = (0..<count).map { index in
      Cell(threshold: own[index] >= 1 ? .max : UInt64(own[index] * 0x1p64), alias: alias[index])
    }
    cellShift = UInt64(64 - count.trailingZeroBitCount)
  }

  /// The outcome that a word gives.
  @inline(__always) func outcome(of word: UInt64) -> Int {
    cells.withUnsafeBufferPointer { Self.outcome(of: word, $0, cellShift) }
  }

  @inline(__always) private static func outcome(
    of word: UInt64, _ cells: UnsafeBufferPointer<Cell>, _ cellShift: UInt64
  ) -> Int {
    let index = Int(truncatingIfNeeded: word &>> cellShift)
    let cell = cells[index]
    return word &<< (64 - cellShift) < cell.threshold ? index : cell.alias
  }

  /// Fills `target` with `first` plus an outcome each.
  func fill(
    _ target: UnsafeMutableBufferPointer<Int>, first: Int, using generator: inout some RandomNumberGenerator
  ) {
    guard let base = target.baseAddress else { return }
    cells.withUnsafeBufferPointer { cells in
      forEachPiece(of: target.count, using: &generator) { place, words in
        for index in words.indices {
          base[place + index] = first + Self.outcome(of: words[index], cells, cellShift)
        }
      }
    }
  }
}
