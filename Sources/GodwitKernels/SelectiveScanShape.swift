/// The sizes of a selective scan, and how its channels are shared out.
package struct SelectiveScanShape: Sendable, Hashable {
  /// B, T, D and N.
  package var batch, length, width, states: Int

  package init(batch: Int, length: Int, width: Int, states: Int) {
    (self.batch, self.length, self.width, self.states) = (batch, length, width, states)
  }

  /// Positions of a block: the gradient computes the states within one again.
  static let block = 32
  /// Channels that no instruction set cuts.
  private static let unit = 32

  var blocks: Int { (length + Self.block - 1) / Self.block }
  /// Channels of a part, which one thread takes through all positions. It depends on the shape alone, as sums over the
  /// channels are made part by part.
  var partWidth: Int { max((width / 8 + Self.unit - 1) / Self.unit * Self.unit, Self.unit) }
  var parts: Int { (width + partWidth - 1) / partWidth }
  /// Floats of a part's states.
  var partCount: Int { partWidth * states }
  /// Floats of the states before each block, for all parts and sequences.
  package var checkpointCount: Int { batch * parts * blocks * partCount }

  /// One task: a part of the channels of one sequence.
  struct Task {
    let shape: SelectiveScanShape
    let batch, part: Int

    init(_ shape: SelectiveScanShape, _ index: Int) {
      self.shape = shape
      (batch, part) = index.quotientAndRemainder(dividingBy: shape.parts)
    }

    private var first: Int { part * shape.partWidth }
    var channels: Int { min(shape.partWidth, shape.width - first) }
    /// Where its channels are in [D, N].
    var matrix: Int { first * shape.states }
    /// Where its channels are in [B, D, N].
    var state: Int { batch * shape.width * shape.states + matrix }
    /// Where its channels are in [D].
    var vector: Int { first }
    /// Where its channels of the first row of a block are in [B, T, D].
    func row(_ block: Int) -> Int { (batch * shape.length + block * SelectiveScanShape.block) * shape.width + first }
    /// Where the first row of a block is in [B, T, N].
    func states(_ block: Int) -> Int { (batch * shape.length + block * SelectiveScanShape.block) * shape.states }
    /// How many positions a block has.
    func count(_ block: Int) -> Int {
      min(SelectiveScanShape.block, shape.length - block * SelectiveScanShape.block)
    }
    func checkpoint(_ block: Int) -> Int {
      ((batch * shape.parts + part) * shape.blocks + block) * shape.partCount
    }
  }
}
