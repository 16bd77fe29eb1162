import CGodwitKernels

/// How the queries of a head are cut into blocks that lie across the lanes of the vectors, and their keys into pieces.
struct AttentionBlocks {
  let shape: AttentionShape
  /// Float lanes of a vector.
  let width: Int
  /// Blocks that the queries of a head are cut into.
  let count: Int
  /// Queries of each block but the last: a multiple of `width`.
  let queries: Int
  /// Keys that are worked on at a time.
  static let keys = 64

  init(_ shape: AttentionShape, _ table: UnsafePointer<gw_attention>) {
    self.shape = shape
    width = Int(table.pointee.width)
    let most = width * Int(table.pointee.block)
    let wanted = max((shape.queries + most - 1) / most, 1)
    queries = max(((shape.queries + wanted - 1) / wanted + width - 1) / width * width, width)
    count = (shape.queries + queries - 1) / queries
  }

  /// Blocks of queries, of all heads that share a key head, between which the keys in cache are shared.
  static let together = 4

  /// A block of queries of one head.
  struct Block {
    let head: Int
    let queries: Range<Int>
    let vectors: Int
    /// Of the first query among the keys.
    let position: Int
    /// Keys that the last query sees.
    let keys: Int
  }

  /// Blocks of queries to each key head.
  var perKeyHead: Int { shape.group * count }

  /// A block of the queries that a key head serves; those that see the most keys come first.
  func block(_ index: Int, keyHead: Int) -> Block {
    let number = count - 1 - index / shape.group
    let range = number * queries..<min((number + 1) * queries, shape.queries)
    return Block(
      head: keyHead * shape.group + index % shape.group, queries: range,
      vectors: (range.count + width - 1) / width, position: range.lowerBound + shape.offset,
      keys: shape.visible(to: range.upperBound - 1))
  }

  /// Keys that lie together for a block of queries, all of whose vectors from `firstVector` on see some of them.
  struct Piece {
    let keys: Range<Int>
    let firstVector: Int
  }

  /// Cuts keys so that those which only later queries see are left out for the vectors of earlier ones.
  ///
  /// - Parameter position: of the block's first query among the keys.
  @inline(__always)
  func pieces(_ keys: Range<Int>, position: Int, _ body: (Piece) -> Void) {
    let whole = shape.causal ? min(max(position + width, keys.lowerBound), keys.upperBound) : keys.upperBound
    if whole > keys.lowerBound { body(Piece(keys: keys.lowerBound..<whole, firstVector: 0)) }
    var next = whole
    while next < keys.upperBound {
      let vector = (next - position) / width
      let end = min(position + (vector + 1) * width, keys.upperBound)
      body(Piece(keys: next..<end, firstVector: vector))
      next = end
    }
  }

  /// The products of the weights of a piece that leave out what a query does not see.
  func seenProducts(
    _ piece: Piece, _ block: Block, _ table: UnsafePointer<gw_attention>, _ weights: UnsafePointer<Float>
  ) -> SeenProducts {
    SeenProducts(
      table: table, keys: piece.keys.count, vectors: block.vectors - piece.firstVector, low: -queries,
      high: shift(piece.keys, position: block.position) + piece.firstVector * width, weights: weights, stride: queries)
  }

  /// Multiply-adds of one block of queries with all of its keys, on the average.
  var operations: Int {
    let keys = shape.causal ? min(shape.keys, (shape.queries + 1) / 2 + shape.offset) : shape.keys
    return min(queries, shape.queries) * keys * (shape.keyWidth + shape.valueWidth)
  }

  /// What `shift` of the inner loops is for a block of keys: lane i sees key j of the block where j <= i + shift.
  func shift(_ keys: Range<Int>, position: Int) -> Int {
    shape.causal ? position - keys.lowerBound : keys.count
  }

  /// Calls `body` for runs of `0 ..< count`, each worth a thread's while, on several threads.
  ///
  /// - Parameter operations: multiply-adds to each of the count.
  static func share(_ count: Int, operations: Int, _ body: (Range<Int>) -> Void) {
    let each = max((1 << 18) / max(operations, 1), 1)
    parallelFor((count + each - 1) / each) { task in body(task * each..<min((task + 1) * each, count)) }
  }
}
