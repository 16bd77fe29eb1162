import GodwitKernels
import GodwitTensor

extension Tensor {
  /// Writes `rows` [B, C, ...] into this buffer [B, room, ...] from position `start` on, in place.
  mutating func writeRows(_ rows: Tensor, at start: Int) {
    writeRows(rows, at: start, sequences: 0..<rows.shape[0])
  }

  /// Writes the rows of one sequence alone.
  mutating func writeRows(_ rows: Tensor, at start: Int, ofSequence sequence: Int) {
    writeRows(rows, at: start, sequences: sequence..<(sequence + 1))
  }

  private mutating func writeRows(_ rows: Tensor, at start: Int, sequences: Range<Int>) {
    let (count, room, type) = (rows.shape[1], shape[1], dtype)
    let width = rows.shape.dropFirst(2).reduce(1, *)
    require(start + count <= room, "writeRows: rows \(start) ..< \(start + count) in a buffer of \(room)")
    let first = sequences.lowerBound
    withMutablePointer {
      copyStrided(
        type, shape: [sequences.count, count * width], rows.pointer + first * count * width * type.byteCount,
        xStrides: [count * width, 1], $0 + (first * room + start) * width * type.byteCount, yStrides: [room * width, 1])
    }
  }

  /// Writes `rows` into this buffer, which holds `start` positions and zeros beyond; in place while no derivative is taken.
  mutating func appendRows(_ rows: Tensor, at start: Int) {
    guard isTraced || rows.isTraced else { return writeRows(rows, at: start) }
    let room = shape[1]
    self = concatenate([slice(0..<start, along: 1), rows], along: 1)
      .padded(along: 1, before: 0, after: room - start - rows.shape[1])
  }
}
