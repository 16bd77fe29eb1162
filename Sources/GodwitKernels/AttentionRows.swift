/// Rows of a [B, T, H, K] array that may be a slice of a wider one; head h starts at column h * K.
package struct AttentionRows: Sendable {
  package nonisolated(unsafe) let pointer: UnsafePointer<Float>
  /// Floats from one batch entry to the next.
  package let batchStride: Int
  /// Floats from one position to the next.
  package let rowStride: Int

  package init(pointer: UnsafePointer<Float>, batchStride: Int, rowStride: Int) {
    self.pointer = pointer
    self.batchStride = batchStride
    self.rowStride = rowStride
  }

  /// Rows that were or will be written.
  package init(_ rows: MutableAttentionRows) {
    self.init(pointer: UnsafePointer(rows.pointer), batchStride: rows.batchStride, rowStride: rows.rowStride)
  }
}

/// Rows of a [B, T, H, K] array to write to; see ``AttentionRows``.
package struct MutableAttentionRows: Sendable {
  package nonisolated(unsafe) let pointer: UnsafeMutablePointer<Float>
  /// Floats from one batch entry to the next.
  package let batchStride: Int
  /// Floats from one position to the next.
  package let rowStride: Int

  package init(pointer: UnsafeMutablePointer<Float>, batchStride: Int, rowStride: Int) {
    self.pointer = pointer
    self.batchStride = batchStride
    self.rowStride = rowStride
  }
}
