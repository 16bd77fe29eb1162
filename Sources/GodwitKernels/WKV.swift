import CGodwitKernels

/// The sizes of a weighted mean of RWKV, and how its channels are shared out.
package struct WKVShape: Sendable, Hashable {
  /// B, T and D.
  package var batch, length, width: Int

  package init(batch: Int, length: Int, width: Int) {
    (self.batch, self.length, self.width) = (batch, length, width)
  }

  /// Positions of a block: the gradient computes the sums within one again.
  static let block = 32
  /// Channels of a part. It does not depend on the threads, nor do the sums over time then.
  private static let partWidth = 256

  var blocks: Int { (length + Self.block - 1) / Self.block }
  private var parts: Int { (width + Self.partWidth - 1) / Self.partWidth }
  /// Floats of the states before each block.
  package var checkpointCount: Int { batch * blocks * 3 * width }

  /// Calls `body` on all threads for each part of each sequence.
  func forEachPart(_ body: (Part) -> Void) {
    parallelFor(batch * parts) { index in
      let (entry, part) = index.quotientAndRemainder(dividingBy: parts)
      let first = part * Self.partWidth
      body(Part(shape: self, batch: entry, first: first, count: min(Self.partWidth, width - first)))
    }
  }

  /// Some channels of a sequence.
  struct Part {
    let shape: WKVShape
    let batch, first, count: Int

    /// Where the first row of a block is in [B, T, D].
    func row(_ block: Int) -> Int { (batch * shape.length + block * WKVShape.block) * shape.width + first }
    func length(_ block: Int) -> Int { min(WKVShape.block, shape.length - block * WKVShape.block) }
    /// Where the part is in [B, D].
    var state: Int { batch * shape.width + first }
    func checkpoint(_ block: Int, _ sum: Int) -> Int {
      ((batch * shape.blocks + block) * 3 + sum) * shape.width + first
    }
  }
}

/// What the weighted mean of RWKV reads: keys and values [B, T, D], decay and bonus [D].
package struct WKVOperands {
  let keys, values, decay, bonus: UnsafePointer<Float>

  package init(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, decay: UnsafePointer<Float>, bonus: UnsafePointer<Float>
  ) {
    (self.keys, self.values, self.decay, self.bonus) = (keys, values, decay, bonus)
  }

  func rows(
    _ part: WKVShape.Part, _ block: Int, state: [UnsafeMutablePointer<Float>], y: UnsafeMutablePointer<Float>?
  ) -> gw_wkv_rows {
    let row = part.row(block)
    return gw_wkv_rows(
      length: part.length(block), channels: part.count, k: keys + row, v: values + row, stride: part.shape.width,
      decay: decay + part.first, bonus: bonus + part.first, state: (state[0], state[1], state[2]), y: y)
  }
}

/// y[t] = (Σ e^(k[s] − (t − 1 − s) decay) v[s] + e^(bonus + k[t]) v[t]) / (the same without v) over s < t, for each channel by itself:
/// the weighted mean of RWKV-4 (Peng et al. 2023, equation 16), with the largest exponent taken out of the sums (appendix D).
///
/// Time B T D · 2 exponentials; memory beyond the operands what `checkpoints` take.
///
/// - Parameters:
///   - state: numerator, denominator and exponent, [B, D] each: those before the first position, which become those after the last.
///   - checkpoints: `checkpointCount` floats, the states before each block, for the gradient; nil if not wanted.
package func wkv(
  _ shape: WKVShape, _ x: WKVOperands, state: [UnsafeMutablePointer<Float>], y: UnsafeMutablePointer<Float>,
  checkpoints: UnsafeMutablePointer<Float>?, on isa: InstructionSet = .current
) {
  let table = gw_wkv_table(isa.rawValue)!
  shape.forEachPart { part in
    let own = state.map { $0 + part.state }
    for block in 0..<shape.blocks {
      if let checkpoints {
        for sum in 0..<3 { (checkpoints + part.checkpoint(block, sum)).update(from: own[sum], count: part.count) }
      }
      var rows = x.rows(part, block, state: own, y: y + part.row(block))
      table.pointee.forward(&rows)
    }
  }
}

/// The gradient of ``wkv``; the sums within a block are computed again.
///
/// - Parameters:
///   - checkpoints: as the forward pass left them.
///   - dy: [B, T, D], the gradient of the result.
///   - dState: [B, D] each: that of the final state, and then that of the initial one.
///   - dKeys: [B, T, D], overwritten, likewise `dValues`.
///   - dDecay: [D], overwritten, likewise `dBonus`.
package func wkvGradient(
  _ shape: WKVShape, _ x: WKVOperands, checkpoints: UnsafeMutablePointer<Float>, finalState: [UnsafePointer<Float>],
  initialState: [UnsafePointer<Float>], dy: UnsafePointer<Float>, dState: [UnsafeMutablePointer<Float>],
  dKeys: UnsafeMutablePointer<Float>, dValues: UnsafeMutablePointer<Float>, dDecay: UnsafeMutablePointer<Float>,
  dBonus: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  let table = gw_wkv_table(isa.rawValue)!
  let width = shape.width
  // For each sequence the sums over its positions, [2, D].
  var sums = RecurrenceScratch(shape.batch * 2 * width)
  let all = sums.take(shape.batch * 2 * width)
  shape.forEachPart { part in
    let padded = (part.count + 15) / 16 * 16
    var scratch = RecurrenceScratch(3 * WKVShape.block * padded, part.count, part.count)
    let states = scratch.take(3 * WKVShape.block * padded, zeroed: false)
    let blockSums = [scratch.take(part.count, zeroed: false), scratch.take(part.count, zeroed: false)]
    let carry = dState.map { $0 + part.state }
    // A numerator is a e^−p: its gradient is of p too, and the exponent's own is what is left without it.
    changeExponentGradient(carry, finalState.map { $0 + part.state }, by: -1, count: part.count)
    for block in (0..<shape.blocks).reversed() {
      for sum in blockSums { sum.update(repeating: 0, count: part.count) }
      let row = part.row(block)
      let before = (0..<3).map { checkpoints + part.checkpoint(block, $0) }
      var work = gw_wkv_gradient(
        rows: x.rows(part, block, state: before, y: nil), dy: dy + row, dk: dKeys + row, dv: dValues + row,
        ddecay: blockSums[0], dbonus: blockSums[1], carry: (carry[0], carry[1], carry[2]), scratch: states)
      table.pointee.gradient(&work)
      for (index, sum) in blockSums.enumerated() {
        let total = all + (2 * part.batch + index) * width + part.first
        for channel in 0..<part.count { total[channel] += sum[channel] }
      }
    }
    changeExponentGradient(carry, initialState.map { $0 + part.state }, by: 1, count: part.count)
  }
  let normalization = gw_normalization_table(isa.rawValue)!
  normalization.pointee.sum_rows(shape.batch, width, all, 2 * width, dDecay)
  normalization.pointee.sum_rows(shape.batch, width, all + width, 2 * width, dBonus)
}

/// dp += sign (numerator dNumerator + denominator dDenominator)
private func changeExponentGradient(
  _ gradient: [UnsafeMutablePointer<Float>], _ state: [UnsafePointer<Float>], by sign: Float, count: Int
) {
  for channel in 0..<count {
    gradient[2][channel] +=
      sign * (state[0][channel] * gradient[0][channel] + state[1][channel] * gradient[1][channel])
  }
}
