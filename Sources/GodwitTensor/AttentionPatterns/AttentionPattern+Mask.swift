import GodwitKernels

extension AttentionPattern {
  /// The pattern as a matrix: [T, T], 1 where a query sees a key.
  ///
  /// - Complexity: O(T²) time and memory, as a picture of the pattern or for an attention that computes all pairs.
  public func mask(length: Int, dtype: DType = .float32) -> Tensor {
    mask(queries: 0..<length, keys: KeyPositions(count: length), dtype: dtype)
  }

  /// The rows of the mask for some queries, with the columns of the keys that are kept.
  func mask(queries: Range<Int>, keys: KeyPositions, dtype: DType) -> Tensor {
    var values: [Double] = []
    values.reserveCapacity(queries.count * keys.rows)
    for query in queries {
      let sees = row(query, length: keys.count)
      for key in 0..<keys.rows { values.append(sees(keys.position(key)) ? 1 : 0) }
    }
    return Tensor(values, shape: [queries.count, keys.rows], dtype: dtype)
  }

  /// The definition: whether a query sees a key, of `length` positions.
  private func row(_ query: Int, length: Int) -> (_ key: Int) -> Bool {
    let causal = causal
    switch form {
    case .window(let window, let globals):
      return { key in
        if causal { return key <= query && (query - key < window || key < globals) }
        return abs(query - key) <= window || key < globals || query < globals
      }
    case .strided(let stride, let window):
      return { key in key <= query && ((query - key) % stride == 0 || query - key < window) }
    case .blocks(let blocks):
      let count = (length + blocks.size - 1) / blocks.size
      let seen = Set(blocks.keyBlocks(of: query / blocks.size, count: count, causal: causal))
      return { key in seen.contains(key / blocks.size) && (!causal || key <= query) }
    }
  }

  /// The number of pairs of a query and a key that it sees, of `length` positions: what time and memory follow.
  ///
  /// - Complexity: O(length).
  public func nonZeroCount(length: Int) -> Int {
    switch form {
    case .window(let window, let globals):
      return (0..<length).reduce(0) { $0 + windowCount($1, length, window, globals) }
    case .strided(let stride, let window):
      // Of the multiples of the stride up to the query's position, those within the window count once.
      let within = (window + stride - 1) / stride
      return (0..<length).reduce(0) { $0 + min(window, $1 + 1) + max($1 / stride + 1 - within, 0) }
    case .blocks(let blocks):
      let count = (length + blocks.size - 1) / blocks.size
      func size(_ block: Int) -> Int { min(blocks.size, length - block * blocks.size) }
      return (0..<count).reduce(0) { sum, block in
        let keys = blocks.keyBlocks(of: block, count: count, causal: causal)
        let own = causal && keys.last == block
        // Of its own block a query sees the keys up to its own.
        let pairs = keys.reduce(0) { $0 + size(block) * size($1) }
        return sum + pairs - (own ? size(block) * (size(block) - 1) / 2 : 0)
      }
    }
  }

  private func windowCount(_ query: Int, _ length: Int, _ window: Int, _ globals: Int) -> Int {
    if !causal && query < globals { return length }
    let first = max(causal ? query - window + 1 : query - window, 0)
    let last = min(causal ? query : query + window, length - 1)
    return max(last - max(first, globals) + 1, 0) + min(globals, causal ? query + 1 : length)
  }
}
