import GodwitKernels

/// The positions of rows of keys: 0 ..< `leading`, then those from `leading + gap` on. What lies between is not kept.
package struct KeyPositions: Sendable, Hashable {
  /// Positions in all, those that are not kept included.
  package let count: Int
  package let leading: Int
  package let gap: Int

  package init(count: Int, leading: Int = 0, gap: Int = 0) {
    self.count = count
    self.leading = leading
    self.gap = gap
  }

  /// Rows that are kept.
  package var rows: Int { count - gap }

  /// The row of a position that is kept.
  func row(_ position: Int) -> Int { position < leading ? position : position - gap }

  /// The position of a row.
  func position(_ row: Int) -> Int { row < leading ? row : row + gap }
}
