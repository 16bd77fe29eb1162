import CGodwitKernels

/// The sizes of an outer-product recurrence: queries, keys (and decay) [B, T, H, K], values and outputs [B, T, H, V].
package struct OuterProductShape: Sendable {
  package var batch: Int
  package var heads: Int
  /// Heads of queries and keys, [B, T, G, K], each shared by H / G heads one after another; as many as heads unless by chunks.
  package var keyHeads: Int
  package var length: Int
  package var keyWidth: Int
  package var valueWidth: Int
  /// Position t reads the state before it decays and takes in position t: y[t] = S[t - 1]^T q[t] (RWKV).
  package var strictlyPast: Bool
  /// Positions per block. It decides what stays in cache, not the result.
  package var chunk: Int

  package init(
    batch: Int, heads: Int, keyHeads: Int? = nil, length: Int, keyWidth: Int, valueWidth: Int,
    strictlyPast: Bool = false, chunk: Int = 32
  ) {
    self.batch = batch
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    self.length = length
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    self.strictlyPast = strictlyPast
    self.chunk = max(chunk, 1)
  }

  var headsPerKey: Int { keyHeads == 0 ? 0 : heads / keyHeads }
}

/// How the state of an outer-product recurrence decays; each case holds log a <= 0 (minus infinity resets the state).
package enum OuterProductDecay {
  case none
  /// [H]: RetNet.
  case perHead(UnsafePointer<Float>)
  /// [H, K]: RWKV-5.
  case perHeadChannel(UnsafePointer<Float>)
  /// [B, T, H]: Mamba-2, xLSTM.
  case perPosition(UnsafePointer<Float>)
  /// [B, T, H, K]: RWKV-6, gated linear attention.
  case perChannel(AttentionRows)

  var isConstant: Bool {
    switch self {
    case .none, .perHead, .perHeadChannel: true
    case .perPosition, .perChannel: false
    }
  }

  /// One factor per step, not one per step and channel.
  var isScalar: Bool {
    switch self {
    case .none, .perHead, .perPosition: true
    case .perHeadChannel, .perChannel: false
    }
  }

  /// How it acts on a state whose rows (else whose columns) are the key's channels.
  func mode(keysAreRows: Bool) -> Int {
    if case .none = self { return GW_DECAY_NONE }
    if isScalar { return GW_DECAY_SCALAR }
    return keysAreRows ? GW_DECAY_ROWS : GW_DECAY_COLUMNS
  }
}

/// The decay factors of one head, block by block.
struct DecayBlocks {
  let table: UnsafePointer<gw_recurrence>
  let shape: OuterProductShape
  let decay: OuterProductDecay
  let part: HeadPart
  /// The key's channels that are wanted, and their number in whole vectors.
  let channels: Range<Int>
  let padded: Int
  let factors: UnsafeMutablePointer<Float>
  let logarithms: UnsafeMutablePointer<Float>

  static func scratch(padded: Int, chunk: Int) -> Int { chunk * (padded + 2) + 64 }

  init(
    _ table: UnsafePointer<gw_recurrence>, _ shape: OuterProductShape, _ decay: OuterProductDecay, _ part: HeadPart,
    channels: Range<Int>, scratch: inout RecurrenceScratch
  ) {
    self.table = table
    self.shape = shape
    self.decay = decay
    self.part = part
    self.channels = channels
    padded = paddedWidth(channels.count, table)
    factors = scratch.take(shape.chunk * max(decay.isScalar ? 1 : padded, 1) + 16)
    logarithms = scratch.take(shape.chunk)
    if decay.isConstant { pack(0..<shape.chunk) }
  }

  /// What `load` will read of rows that lie far apart.
  var sources: [gw_outer_product_source] {
    guard case .perChannel(let rows) = decay else { return [] }
    return [rows.source(part, channels, of: shape.keyWidth)]
  }

  /// Makes `factors` those of a block.
  func load(_ range: Range<Int>) {
    if !decay.isConstant { pack(range) }
  }

  private func pack(_ range: Range<Int>) {
    let (head, count) = (part.head, range.count)
    switch decay {
    case .none: return
    case .perHead(let values):
      for offset in 0..<count { logarithms[offset] = values[head] }
    case .perPosition(let values):
      let first = values + (part.batch * shape.length + range.lowerBound) * shape.heads + head
      for offset in 0..<count { logarithms[offset] = first[offset * shape.heads] }
    case .perHeadChannel(let values):
      let first = values + head * shape.keyWidth + channels.lowerBound
      return table.pointee.pack(count, channels.count, padded, Int32(GW_MAP_EXP), first, 0, factors)
    case .perChannel(let rows):
      let first = rows.head(part, width: shape.keyWidth) + channels.lowerBound + range.lowerBound * rows.rowStride
      return table.pointee.pack(count, channels.count, padded, Int32(GW_MAP_EXP), first, rows.rowStride, factors)
    }
    table.pointee.pack(1, count, paddedWidth(count, table), Int32(GW_MAP_EXP), logarithms, 0, factors)
  }
}
