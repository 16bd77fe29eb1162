import GodwitKernels
import GodwitTensor

/// The keys and values of the past, with room for more: the state of an attention that looks at all of them.
///
/// - Complexity: to append a position takes constant time on average, as the room doubles when it is used up.
public struct KeyValueCache: SparseAttentionState {
  /// [B, room, G, K]; of each sequence only the first positions mean anything.
  private var keys: Tensor
  /// [B, room, G, V].
  private var values: Tensor
  /// How many positions each sequence has had.
  public private(set) var positions: Positions

  /// The memory in use, with its room.
  package var buffers: [Tensor] { [keys, values] }

  /// The number of positions of the sequence that has most.
  public var length: Int { positions.most }

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - heads: G.
  ///   - width: K.
  ///   - valueWidth: V; K if nil.
  public init(batch: Int, heads: Int, width: Int, valueWidth: Int? = nil, dtype: DType = .float32) {
    keys = Tensor(zeros: [batch, 0, heads, width], dtype: dtype)
    values = Tensor(zeros: [batch, 0, heads, valueWidth ?? width], dtype: dtype)
    positions = Positions(batch: batch)
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
    let isTraced = key.isTraced || value.isTraced || keys.isTraced || values.isTraced
    keys.append(key, at: positions, inPlace: !isTraced)
    values.append(value, at: positions, inPlace: !isTraced)
    positions.advance(by: count)
  }

  /// The keys [B, `length`, G, K] and the values [B, `length`, G, V] of sequences of one length; no copy where B is 1.
  private var contents: (keys: Tensor, values: Tensor) {
    (keys.slice(0..<length, along: 1), values.slice(0..<length, along: 1))
  }

  /// The attention of the queries [B, C, H, K] of the last C positions to the positions up to their own.
  public func attend(_ query: Tensor) -> Tensor {
    forEachLength([query]) { cache, operands in
      let (query, length) = (operands[0], cache.length)
      return softmaxAttention(
        query, buffers: cache.keys, cache.values, count: length, offset: length - query.shape[1])
    }
  }

  /// The attention of the queries [B, C, H, K] of the last C positions to those with their `count` largest scores.
  public func attend(_ query: Tensor, toLargest count: Int) -> Tensor {
    forEachLength([query]) { cache, operands in
      topKAttention(operands[0], buffers: cache.keys, cache.values, length: cache.length, count: count)
    }
  }

  /// The attention of the queries [B, C, 1, K] of the last C positions whose weights are squares, [B, C, V]; of one head.
  func attendBySquares(_ query: Tensor) -> Tensor {
    forEachLength([query]) { cache, operands in
      let (keys, values) = cache.contents
      func flat(_ x: Tensor) -> Tensor { x.reshaped([x.shape[0], x.shape[1], x.shape[3]]) }
      let offset = cache.length - operands[0].shape[1]
      return squaredReluAttention(flat(operands[0]), flat(keys), flat(values), offset: offset)
    }
  }

  public mutating func attend(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, pattern: AttentionPattern
  ) -> Tensor {
    append(key, value)
    return forEachLength([query]) { cache, operands in
      let (query, length) = (operands[0], cache.length)
      return sparseAttention(
        query, buffers: cache.keys, cache.values, count: length, pattern: pattern, offset: length - query.shape[1])
    }
  }

  /// Calls `body` with the whole cache if all sequences are of one length, else with that of each sequence, without a copy.
  private func forEachLength(_ operands: [Tensor], _ body: (KeyValueCache, [Tensor]) -> Tensor) -> Tensor {
    if positions.common != nil { return body(self, operands) }
    let rows = (0..<positions.count).map { row in
      var cache = self
      (cache.keys, cache.values, cache.positions) = (keys.row(row), values.row(row), positions.select([row]))
      return body(cache, operands.map { $0.row(row) })
    }
    return concatenate(rows, along: 0)
  }

  public func select(_ rows: [Int]) -> KeyValueCache {
    var cache = self
    cache.positions = positions.select(rows)
    let kept = 0..<cache.length
    cache.keys = keys.slice(kept, along: 1).select(rows)
    cache.values = values.slice(kept, along: 1).select(rows)
    return cache
  }

  public static func joined(_ states: [KeyValueCache]) -> KeyValueCache {
    require(!states.isEmpty, "joined: no states")
    var cache = states[0]
    cache.positions = Positions.joined(states.map(\.positions))
    let length = cache.length
    func joined(_ buffer: KeyPath<KeyValueCache, Tensor>) -> Tensor {
      concatenate(
        states.map {
          $0[keyPath: buffer].slice(0..<$0.length, along: 1).padded(along: 1, before: 0, after: length - $0.length)
        },
        along: 0)
    }
    (cache.keys, cache.values) = (joined(\.keys), joined(\.values))
    return cache
  }

  public func problem(expecting initial: KeyValueCache) -> String? {
    if let problem = positions.problem(expecting: initial.positions) { return problem }
    for (name, found, expected) in [("keys", keys, initial.keys), ("values", values, initial.values)] {
      // The length as a number, as a file may claim more than a shape can have.
      if found.shape.rank != 4 || found.shape[1] != length
        || found.shape.replacing(axis: 1, with: 0) != expected.shape.replacing(axis: 1, with: 0)
      {
        let (sequences, heads, width) = (expected.shape[0], expected.shape[2], expected.shape[3])
        return "\(name) has the shape \(found.shape), expected [\(sequences), \(length), \(heads), \(width)]"
      }
    }
    return nil
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    // What is beyond its length is no part of a sequence.
    keys = keys.cut(to: positions)
    values = values.cut(to: positions)
    visitor.visit("keys", &keys, .weight)
    visitor.visit("values", &values, .weight)
    visitor.visit("position", &positions)
  }
}

extension Tensor {
  /// Adds `rows` [B, C, ...] to this buffer [B, room, ...], those of each sequence behind the positions that it has.
  fileprivate mutating func append(_ rows: Tensor, at positions: Positions, inPlace: Bool) {
    let (count, most) = (rows.shape[1], positions.most)
    if inPlace {
      if most + count > shape[1] {
        let old = self
        self = Tensor(shape.replacing(axis: 1, with: Swift.max(most + count, 2 * shape[1], 16)), dtype) { _ in }
        writeRows(old, at: 0)
      }
      if let common = positions.common { return writeRows(rows, at: common) }
      for (sequence, start) in positions.values.enumerated() { writeRows(rows, at: start, ofSequence: sequence) }
    } else if let common = positions.common {
      self = concatenate([slice(0..<common, along: 1), rows], along: 1)
    } else {
      let parts = positions.values.enumerated().map { sequence, length in
        concatenate([row(sequence).slice(0..<length, along: 1), rows.row(sequence)], along: 1)
          .padded(along: 1, before: 0, after: most - length)
      }
      self = concatenate(parts, along: 0)
    }
  }

  /// This buffer without room, and with zeros where a sequence is shorter than another. Whatever the positions are, as they may
  /// have come from a file and not been looked at yet.
  fileprivate func cut(to positions: Positions) -> Tensor {
    let lengths = positions.values.map { Swift.min(Swift.max($0, 0), shape[1]) }
    let most = lengths.max() ?? 0
    if Set(lengths).count <= 1 || lengths.count != shape[0] { return slice(0..<most, along: 1) }
    let parts = lengths.enumerated().map { sequence, length in
      row(sequence).slice(0..<length, along: 1).padded(along: 1, before: 0, after: most - length)
    }
    return concatenate(parts, along: 0)
  }
}
