/// The sizes of a softmax attention: queries [B, T, H, K], keys [B, S, G, K], values [B, S, G, V], outputs [B, T, H, V].
package struct AttentionShape: Sendable {
  package var batch: Int
  package var heads: Int
  /// G, which divides H: key head g serves the query heads g H / G and the H / G - 1 after it.
  package var keyHeads: Int
  package var queries: Int
  package var keys: Int
  package var keyWidth: Int
  package var valueWidth: Int
  /// Query t sees keys 0 ... t + offset; otherwise all of them.
  package var causal: Bool
  /// The factor on inner products.
  package var scale: Float
  /// The position of query 0 among the keys.
  package var offset: Int

  package init(
    batch: Int, heads: Int, keyHeads: Int, queries: Int, keys: Int, keyWidth: Int, valueWidth: Int, causal: Bool,
    scale: Float, offset: Int = 0
  ) {
    self.batch = batch
    self.heads = heads
    self.keyHeads = keyHeads
    self.queries = queries
    self.keys = keys
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    self.causal = causal
    self.scale = scale
    self.offset = offset
  }

  /// Query heads to each key head.
  var group: Int { heads / max(keyHeads, 1) }

  /// How many keys the query sees.
  func visible(to query: Int) -> Int { causal ? min(max(query + offset + 1, 0), keys) : keys }
}
