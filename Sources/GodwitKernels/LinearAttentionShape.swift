/// The sizes of a linear attention: queries and keys [B, T, H, K], values and outputs [B, T, H, V].
package struct LinearAttentionShape: Sendable {
  package var batch: Int
  package var heads: Int
  package var length: Int
  package var keyWidth: Int
  package var valueWidth: Int
  /// Position t sees keys 0...t; otherwise all of them.
  package var causal: Bool
  /// Positions per block. It decides what stays in cache, not the result.
  package var chunk: Int

  package init(
    batch: Int, heads: Int, length: Int, keyWidth: Int, valueWidth: Int, causal: Bool = true, chunk: Int = 32
  ) {
    self.batch = batch
    self.heads = heads
    self.length = length
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    self.causal = causal
    self.chunk = max(chunk, 1)
  }
}
