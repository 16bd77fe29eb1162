import GodwitKernels
import GodwitTensor

/// The keys and values of the past, with room for more: the state of an attention that looks at all of them.
///
/// - Complexity: to append a position takes constant time on average, as the room doubles when it is used up.
public struct KeyValueCache: SparseAttentionState {
  /// [B, room, G, K]; only the first `length` positions mean anything.
  private var keys: Tensor
  /// [B, room, G, V].
  private var values: Tensor
  /// The number of positions.
  public private(set) var length = 0

  /// The memory in use, with its room.
  package var buffers: [Tensor] { [keys, values] }

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - heads: G.
  ///   - width: K.
  ///   - valueWidth: V; K if nil.
  public init(batch: Int, heads: Int, width: Int, valueWidth: Int? = nil, dtype: DType = .float32) {
    keys = Tensor(zeros: [batch, 0, heads, width], dtype: dtype)
    values = Tensor(zeros: [batch, 0, heads, valueWidth ?? width], dtype: dtype)
  }

  /// Adds the keys [B, C, G, K] and the values [B, C, G, V] of the next C positions.
  ///
  /// In place while no derivative is taken.
  public mutating func append(_ key: Tensor, _ value: Tensor) {
    let count = key.shape[1]
    require(
      key.shape == keys.shape.replacing(axis: 1, with: count)
        && value.shape == values.shape.replacing(axis: 1, with: count),
      "KeyValueCache: keys \(key.shape) and values \(value.shape) for a cache of \(keys.shape) and \(values.shape)")
    require(
      key.dtype == keys.dtype && value.dtype == keys.dtype,
      "KeyValueCache: keys \(key.dtype) and values \(value.dtype) for a cache of \(keys.dtype)")
    if key.isTraced || value.isTraced || keys.isTraced || values.isTraced {
      keys = concatenate([keys.slice(0..<length, along: 1), key], along: 1)
      values = concatenate([values.slice(0..<length, along: 1), value], along: 1)
    } else {
      keys.write(key, at: length)
      values.write(value, at: length)
    }
    length += count
  }

  /// The keys [B, `length`, G, K] and the values [B, `length`, G, V]; no copy where B is 1.
  public var contents: (keys: Tensor, values: Tensor) {
    (keys.slice(0..<length, along: 1), values.slice(0..<length, along: 1))
  }

  /// The attention of queries [B, C, H, K], the first at position `offset`, to the positions up to their own.
  public func attend(_ query: Tensor, offset: Int) -> Tensor {
    softmaxAttention(query, buffers: keys, values, count: length, offset: offset)
  }

  /// The attention of the queries [B, C, H, K] of the last C positions to those with their `count` largest scores.
  public func attend(_ query: Tensor, toLargest count: Int) -> Tensor {
    topKAttention(query, buffers: keys, values, length: length, count: count)
  }

  public mutating func attend(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, pattern: AttentionPattern
  ) -> Tensor {
    let offset = length
    append(key, value)
    return sparseAttention(query, buffers: keys, values, count: length, pattern: pattern, offset: offset)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    // What is beyond `length` is no part of the value.
    keys = keys.slice(0..<length, along: 1)
    values = values.slice(0..<length, along: 1)
    visitor.visit("keys", &keys, .weight)
    visitor.visit("values", &values, .weight)
  }
}

extension Tensor {
  /// Writes `rows` [B, C, ...] into this buffer [B, room, ...] from `start` on, in place; makes room if there is too little.
  fileprivate mutating func write(_ rows: Tensor, at start: Int) {
    if start + rows.shape[1] > shape[1] {
      let old = self
      self = Tensor(shape.replacing(axis: 1, with: Swift.max(start + rows.shape[1], 2 * shape[1], 16)), dtype) { _ in }
      writeRows(old, at: 0)
    }
    writeRows(rows, at: start)
  }
}
