import CGodwitKernels

/// What a selective scan reads: u and delta [B, T, D], a [D, N], b and c [B, T, N], skip [D] or none.
package struct SelectiveScanOperands {
  let u, delta, a, b, c: UnsafePointer<Float>
  let skip: UnsafePointer<Float>?

  package init(
    u: UnsafePointer<Float>, delta: UnsafePointer<Float>, a: UnsafePointer<Float>, b: UnsafePointer<Float>,
    c: UnsafePointer<Float>, skip: UnsafePointer<Float>?
  ) {
    (self.u, self.delta, self.a, self.b, self.c, self.skip) = (u, delta, a, b, c, skip)
  }

  /// The rows of a block.
  func rows(
    _ task: SelectiveScanShape.Task, _ block: Int, a: UnsafePointer<Float>, state: UnsafeMutablePointer<Float>,
    y: UnsafeMutablePointer<Float>?
  ) -> gw_scan_rows {
    let (row, states) = (task.row(block), task.states(block))
    return gw_scan_rows(
      length: task.count(block), channels: task.channels, states: task.shape.states, u: u + row, delta: delta + row,
      stride: task.shape.width, b: b + states, c: c + states, a: a, skip: skip.map { $0 + task.vector }, state: state,
      y: y)
  }

  static let log2e: Float = 1.442_695_040_888_963_4
}

/// h[t] = exp(delta[t] A) ⊙ h[t − 1] + delta[t] u[t] b[t]ᵀ, y[t] = h[t] c[t] + skip ⊙ u[t]: Gu and Dao 2023, "Mamba", algorithm 2,
/// with the state read where it is made. delta ≥ 0 and A ≤ 0, so that no factor is above 1.
///
/// Time B T D N exponentials and 6 B T D N flops; memory beyond the operands O(D N) for each thread, and what `checkpoints` take.
///
/// - Parameters:
///   - initial: h before the first position, [B, D, N]; zero if nil.
///   - final: h after the last position.
///   - checkpoints: `checkpointCount` floats, the states before each block, for the gradient.
package func selectiveScan(
  _ shape: SelectiveScanShape, _ x: SelectiveScanOperands, initial: UnsafePointer<Float>?,
  y: UnsafeMutablePointer<Float>, final: UnsafeMutablePointer<Float>, checkpoints: UnsafeMutablePointer<Float>?,
  on isa: InstructionSet = .current
) {
  let table = gw_selective_scan_table(isa.rawValue)!
  parallelFor(shape.batch * shape.parts) { index in
    let task = SelectiveScanShape.Task(shape, index)
    if shape.length == 1, checkpoints == nil {
      var zeros = RecurrenceScratch(initial == nil ? shape.partCount : 0)
      let before = initial.map { UnsafeMutablePointer(mutating: $0 + task.state) } ?? zeros.take(shape.partCount)
      var rows = x.rows(task, 0, a: x.a + task.matrix, state: before, y: y + task.row(0))
      return table.pointee.step(&rows, final + task.state)
    }
    var scratch = RecurrenceScratch(shape.partCount, shape.partCount)
    let a = scratch.take(shape.partCount, zeroed: false)
    let state = scratch.take(shape.partCount, zeroed: initial == nil)
    table.pointee.pack(task.channels, shape.states, x.a + task.matrix, SelectiveScanOperands.log2e, a)
    if let initial { table.pointee.pack(task.channels, shape.states, initial + task.state, 1, state) }
    for block in 0..<shape.blocks {
      if let checkpoints { (checkpoints + task.checkpoint(block)).update(from: state, count: shape.partCount) }
      var rows = x.rows(task, block, a: a, state: state, y: y + task.row(block))
      table.pointee.forward(&rows)
    }
    table.pointee.unpack(task.channels, shape.states, state, final + task.state)
  }
}
