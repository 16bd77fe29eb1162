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
  public private(set) var length = 0

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
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("keys", &keys)
    visitor.visit("values", &values)
  }

  private var room: Int { keys.shape[1] }
  private var window: Int { room - leading }

  /// - Precondition: the pattern sees nothing before the last w positions but the first g.
  public mutating func attend(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, pattern: AttentionPattern
  ) -> Tensor {
    let isTraced = [query, key, value, keys, values].contains { $0.isTraced }
    if key.shape[1] == 1 && !isTraced { return step(query, key, value) }
    let positions = KeyPositions(
      count: length + key.shape[1], leading: leading, gap: max(length - room, 0))
    let (allKeys, allValues) = (appending(key, to: keys), appending(value, to: values))
    let output = sparseAttention(query, allKeys, allValues, pattern: pattern, keys: positions)
    length += key.shape[1]
    (keys, values) = (kept(allKeys), kept(allValues))
    return output
  }

  /// One position, in place. It sees all that is kept, whatever the order.
  private mutating func step(_ query: Tensor, _ key: Tensor, _ value: Tensor) -> Tensor {
    let row = length < room ? length : leading + (length - leading) % window
    keys.writeRows(key, at: row)
    values.writeRows(value, at: row)
    length += 1
    let count = min(length, room)
    return softmaxAttention(query, buffers: keys, values, count: count, offset: count - 1)
  }

  /// What is kept in the order of its positions, and then `rows`.
  private func appending(_ rows: Tensor, to buffer: Tensor) -> Tensor {
    if length == 0 { return rows }
    if length <= room { return concatenate([buffer.slice(0..<length, along: 1), rows], along: 1) }
    let oldest = leading + (length - leading) % window
    let parts = [0..<leading, oldest..<room, leading..<oldest].filter { !$0.isEmpty }
    return concatenate(parts.map { buffer.slice($0, along: 1) } + [rows], along: 1)
  }

  /// The buffer after the last of `rows`, which are in the order of their positions.
  private func kept(_ rows: Tensor) -> Tensor {
    let count = rows.shape[1]
    if length <= room { return rows.padded(along: 1, before: 0, after: room - count) }
    // The oldest position of the window stands where the ring is in its round.
    let turned = (length - leading) % window
    let start = count - window
    let parts = [0..<leading, count - turned..<count, start..<count - turned].filter { !$0.isEmpty }
    return concatenate(parts.map { rows.slice($0, along: 1) }, along: 1)
  }
}
