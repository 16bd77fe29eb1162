import GodwitKernels
import GodwitTensor

/// The keys and values of the past, with room for more: the state of an attention that looks at all of them.
///
/// - Complexity: to append a position takes constant time on average, as the room doubles when it is used up.
public struct KeyValueCache: Module {
  /// [B, room, G, K]; only the first `length` positions mean anything.
  private var keys: Tensor
  private var values: Tensor
  /// The number of positions.
  public private(set) var length = 0

  /// The memory in use, with its room.
  package var buffers: [Tensor] { [keys, values] }

  /// An empty cache.
  public init(batch: Int, heads: Int, width: Int, dtype: DType = .float32) {
    keys = Tensor(zeros: [batch, 0, heads, width], dtype: dtype)
    values = keys
  }

  /// Adds the keys and values [B, C, G, K] of the next C positions.
  ///
  /// In place while no derivative is taken.
  public mutating func append(_ key: Tensor, _ value: Tensor) {
    require(
      key.shape == value.shape && key.shape == keys.shape.replacing(axis: 1, with: key.shape[1]),
      "KeyValueCache: keys \(key.shape) and values \(value.shape) for a cache of \(keys.shape)")
    require(
      key.dtype == keys.dtype && value.dtype == keys.dtype,
      "KeyValueCache: keys \(key.dtype) and values \(value.dtype) for a cache of \(keys.dtype)")
    let count = key.shape[1]
    if key.isTraced || value.isTraced || keys.isTraced || values.isTraced {
      keys = concatenate([keys.slice(0..<length, along: 1), key], along: 1)
      values = concatenate([values.slice(0..<length, along: 1), value], along: 1)
    } else {
      keys.write(key, at: length)
      values.write(value, at: length)
    }
    length += count
  }

  /// The attention of queries [B, C, H, K], the first at position `offset`, to the positions up to their own.
  public func attend(_ query: Tensor, offset: Int) -> Tensor {
    softmaxAttention(query, buffers: keys, values, count: length, offset: offset)
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
    let (batch, count) = (rows.shape[0], rows.shape[1])
    let width = rows.shape.dropFirst(2).reduce(1, *)
    if start + count > shape[1] {
      let old = self
      let room = Swift.max(start + count, 2 * shape[1], 16)
      self = Tensor(shape.replacing(axis: 1, with: room), dtype) {
        copyStrided(
          old.dtype, shape: [batch, start * width], old.pointer, xStrides: [old.shape[1] * width, 1], $0,
          yStrides: [room * width, 1])
      }
    }
    let (room, type) = (shape[1], dtype)
    withMutablePointer {
      copyStrided(
        type, shape: [batch, count * width], rows.pointer, xStrides: [count * width, 1],
        $0 + start * width * type.byteCount, yStrides: [room * width, 1])
    }
  }
}
