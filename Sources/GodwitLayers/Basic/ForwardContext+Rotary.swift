import GodwitTensor

/// The rotary tables that the layers of a model share in a pass.
struct RotaryTables: Sendable {
  struct Key: Sendable, Hashable {
    let starts: [Int]
    let length: Int
    let width: Int
    let base: Double
    let dtype: DType
  }

  /// The last tables: few, as the layers of one pass ask for the same.
  private var kept: [(key: Key, table: RotaryTable)] = []
  private static let most = 4

  mutating func table(_ key: Key) -> RotaryTable {
    if let found = kept.last(where: { $0.key == key }) { return found.table }
    let table = RotaryTable(
      starts: key.starts, length: key.length, width: key.width, base: key.base, dtype: key.dtype)
    if kept.count == Self.most { kept.removeFirst() }
    kept.append((key, table))
    return table
  }
}

extension ForwardContext {
  /// The angles of the next `length` positions, made once for all layers that ask for them.
  ///
  /// - Parameters:
  ///   - positions: how many each sequence has had; none if nil.
  ///   - width: K, even.
  ///   - base: that of the rotary frequencies.
  public mutating func rotaryTable(
    after positions: Positions?, length: Int, width: Int, base: Double, dtype: DType
  ) -> RotaryTable {
    let starts = positions.map { positions in positions.common.map { [$0] } ?? positions.values } ?? [0]
    return rotaryTables.table(
      RotaryTables.Key(starts: starts, length: length, width: width, base: base, dtype: dtype))
  }
}
