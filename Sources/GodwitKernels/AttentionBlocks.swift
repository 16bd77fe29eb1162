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
    let most = width * Int(table.pointee.strip)
    let wanted = max((shape.queries + most - 1) / most, 1)
    queries = max(((shape.queries + wanted - 1) / wanted + width - 1) / width * width, width)
    count = (shape.queries + queries - 1) / queries
  }

  /// The queries of a block.
  func range(_ block: Int) -> Range<Int> { block * queries..<min((block + 1) * queries, shape.queries) }

  /// Keys that lie together for a block of queries, all of whose vectors from `firstVector` on see some of them.
  struct Piece {
    let keys: Range<Int>
    let firstVector: Int
  }

  /// Cuts keys so that those which only later queries see are left out for the vectors of earlier ones.
  ///
  /// - Parameter position: of the block's first query among the keys.
  func pieces(_ keys: Range<Int>, position: Int, _ body: (Piece) -> Void) {
    guard shape.causal else { return body(Piece(keys: keys, firstVector: 0)) }
    let diagonal = min(max(position, keys.lowerBound), keys.upperBound)
    if diagonal > keys.lowerBound { body(Piece(keys: keys.lowerBound..<diagonal, firstVector: 0)) }
    var next = diagonal
    while next < keys.upperBound {
      let vector = (next - position) / width
      let end = min(position + (vector + 1) * width, keys.upperBound)
      body(Piece(keys: next..<end, firstVector: vector))
      next = end
    }
  }

  /// What `shift` of the inner loops is for a block of keys: lane i sees key j of the block where j <= i + shift.
  func shift(_ keys: Range<Int>, position: Int) -> Int {
    shape.causal ? position - keys.lowerBound : keys.count
  }
}
