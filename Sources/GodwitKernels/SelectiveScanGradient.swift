import CGodwitKernels

/// Where the gradient of a selective scan goes; shapes as those of the operands.
package struct SelectiveScanGradients {
  let u, delta, a, b, c: UnsafeMutablePointer<Float>
  let skip, initial: UnsafeMutablePointer<Float>?

  package init(
    u: UnsafeMutablePointer<Float>, delta: UnsafeMutablePointer<Float>, a: UnsafeMutablePointer<Float>,
    b: UnsafeMutablePointer<Float>, c: UnsafeMutablePointer<Float>, skip: UnsafeMutablePointer<Float>?,
    initial: UnsafeMutablePointer<Float>?
  ) {
    (self.u, self.delta, self.a, self.b, self.c) = (u, delta, a, b, c)
    (self.skip, self.initial) = (skip, initial)
  }
}

/// The gradient of ``selectiveScan``. The states within a block are computed again from the checkpoint before it, so that no
/// [B, T, D, N] is kept.
///
/// Sums over channels and over the batch are made part by part, then in order: the number of threads changes no bit.
///
/// - Parameters:
///   - checkpoints: as the forward pass left them.
///   - dy: [B, T, D], the gradient of the result.
///   - dFinal: that of the final state, zero if nil.
///   - gradients: overwritten.
package func selectiveScanGradient(
  _ shape: SelectiveScanShape, _ x: SelectiveScanOperands, checkpoints: UnsafePointer<Float>, dy: UnsafePointer<Float>,
  dFinal: UnsafePointer<Float>?, _ gradients: SelectiveScanGradients, on isa: InstructionSet = .current
) {
  let table = gw_selective_scan_table(isa.rawValue)!
  let (matrix, statesCount) = (shape.width * shape.states, shape.batch * shape.length * shape.states)
  var sums = RecurrenceScratch(
    shape.batch * matrix, shape.batch * shape.width, shape.parts * statesCount, shape.parts * statesCount)
  let da = sums.take(shape.batch * matrix, zeroed: false)
  let dSkip = sums.take(shape.batch * shape.width)
  let db = sums.take(shape.parts * statesCount, zeroed: false)
  let dc = sums.take(shape.parts * statesCount, zeroed: false)
  parallelFor(shape.batch * shape.parts) { index in
    let task = SelectiveScanShape.Task(shape, index)
    let lanes = SelectiveScanShape.block * shape.states * table.pointee.width
    let again = (2 * SelectiveScanShape.block + 2) * shape.states * table.pointee.group
    var scratch = RecurrenceScratch(shape.partCount, shape.partCount, shape.partCount, lanes, lanes, again)
    let a = scratch.take(shape.partCount, zeroed: false)
    let carry = scratch.take(shape.partCount, zeroed: dFinal == nil)
    let partDA = scratch.take(shape.partCount)
    let (bLanes, cLanes) = (scratch.take(lanes, zeroed: false), scratch.take(lanes, zeroed: false))
    let states = scratch.take(again, zeroed: false)
    table.pointee.pack(task.channels, shape.states, x.a + task.matrix, SelectiveScanOperands.log2e, a)
    if let dFinal { table.pointee.pack(task.channels, shape.states, dFinal + task.state, 1, carry) }
    for block in (0..<shape.blocks).reversed() {
      let (row, count) = (task.row(block), task.count(block) * shape.states)
      bLanes.update(repeating: 0, count: count * table.pointee.width)
      cLanes.update(repeating: 0, count: count * table.pointee.width)
      let checkpoint = UnsafeMutablePointer(mutating: checkpoints + task.checkpoint(block))
      var work = gw_scan_gradient(
        rows: x.rows(task, block, a: a, state: checkpoint, y: nil), dy: dy + row, du: gradients.u + row,
        ddelta: gradients.delta + row, db: bLanes, dc: cLanes, da: partDA,
        dskip: x.skip == nil ? nil : dSkip + task.batch * shape.width + task.vector, carry: carry, scratch: states)
      table.pointee.gradient(&work)
      let place = task.part * statesCount + task.states(block)
      table.pointee.lane_sums(count, bLanes, db + place)
      table.pointee.lane_sums(count, cLanes, dc + place)
    }
    table.pointee.unpack(task.channels, shape.states, partDA, da + task.state)
    if let initial = gradients.initial {
      table.pointee.unpack(task.channels, shape.states, carry, initial + task.state)
    }
  }
  let normalization = gw_normalization_table(isa.rawValue)!
  normalization.pointee.sum_rows(shape.batch, matrix, da, matrix, gradients.a)
  if let skip = gradients.skip {
    normalization.pointee.sum_rows(shape.batch, shape.width, dSkip, shape.width, skip)
  }
  normalization.pointee.sum_rows(shape.parts, statesCount, db, statesCount, gradients.b)
  normalization.pointee.sum_rows(shape.parts, statesCount, dc, statesCount, gradients.c)
}
