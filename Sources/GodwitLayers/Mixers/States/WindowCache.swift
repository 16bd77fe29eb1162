import GodwitKernels
import GodwitTensor

/// The keys and values of the first positions and of the last ones: the state of an attention to a window, whose size does
/// not depend on how long the past was.
///
/// The last positions go round in a ring: position p, if it is not among the first g, stands in row g + (p - g) mod w.
public struct WindowCache: SparseAttentionState {
  /// [B, g + w, G, K], zeros where there was no position yet.
  private var keys: Tensor
  /// [B, g + w, G, K].
  private var values: Tensor
  /// g, how many of the first positions are kept.
  public let leading: Int
  /// How many positions each sequence has had.
  public private(set) var positions: Positions

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - heads: G.
  ///   - width: K.
  ///   - window: w, how many of the last positions are kept.
  ///   - leading: g, how many of the first.
  /// - Precondition: the window is positive.
  public init(batch: Int, heads: Int, width: Int, window: Int, leading: Int = 0, dtype: DType = .float32) {
    require(window > 0 && leading >= 0, "WindowCache: a window of \(window), \(leading) first positions")
    keys = Tensor(zeros: [batch, leading + window, heads, width], dtype: dtype)
    values = keys
    self.leading = leading
    positions = Positions(batch: batch)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("keys", &keys)
    visitor.visit("values", &values)
    visitor.visit("position", &positions)
  }

  private var room: Int { keys.shape[1] }
  private var window: Int { room - leading }

  /// - Precondition: the pattern sees nothing before the last w positions but the first g.
  public mutating func attend(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, pattern: AttentionPattern
  ) -> Tensor {
    forEachPosition(positions, [query, key, value]) { cache, operands, length in
      cache.attend(operands, pattern: pattern, after: length)
    }
  }

  /// The next positions of sequences that have had `length` each.
  private mutating func attend(_ operands: [Tensor], pattern: AttentionPattern, after length: Int) -> Tensor {
    let (query, key, value) = (operands[0], operands[1], operands[2])
    let count = key.shape[1]
    let isTraced = [query, key, value, keys, values].contains { $0.isTraced }
    if count == 1 && !isTraced { return step(query, key, value, after: length) }
    let places = KeyPositions(count: length + count, leading: leading, gap: max(length - room, 0))
    let (allKeys, allValues) = (appending(key, to: keys, of: length), appending(value, to: values, of: length))
    let output = sparseAttention(query, allKeys, allValues, pattern: pattern, keys: places)
    (keys, values) = (kept(allKeys, of: length + count), kept(allValues, of: length + count))
    positions.advance(by: count)
    return output
  }

  /// One position, in place. It sees all that is kept, whatever the order.
  private mutating func step(_ query: Tensor, _ key: Tensor, _ value: Tensor, after length: Int) -> Tensor {
    let row = length < room ? length : leading + (length - leading) % window
    keys.writeRows(key, at: row)
    values.writeRows(value, at: row)
    positions.advance(by: 1)
    let count = min(length + 1, room)
    return softmaxAttention(query, buffers: keys, values, count: count, offset: count - 1)
  }

  /// What is kept of `length` positions in their order, and then `rows`.
  private func appending(_ rows: Tensor, to buffer: Tensor, of length: Int) -> Tensor {
    if length == 0 { return rows }
    if length <= room { return concatenate([buffer.slice(0..<length, along: 1), rows], along: 1) }
    let oldest = leading + (length - leading) % window
    let parts = [0..<leading, oldest..<room, leading..<oldest].filter { !$0.isEmpty }
    return concatenate(parts.map { buffer.slice($0, along: 1) } + [rows], along: 1)
  }

  /// The buffer after `length` positions, the last of which are `rows`, in their order.
  private func kept(_ rows: Tensor, of length: Int) -> Tensor {
    let count = rows.shape[1]
    if length <= room { return rows.padded(along: 1, before: 0, after: room - count) }
    // The oldest position of the window stands where the ring is in its round.
    let turned = (length - leading) % window
    let start = count - window
    let parts = [0..<leading, count - turned..<count, start..<count - turned].filter { !$0.isEmpty }
    return concatenate(parts.map { rows.slice($0, along: 1) }, along: 1)
  }
}
