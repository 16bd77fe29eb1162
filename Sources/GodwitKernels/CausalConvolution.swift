import CGodwitKernels

/// The sizes of a causal convolution of each channel by itself, and what it applies to the sums.
package struct ConvolutionShape: Sendable, Hashable {
  /// B, T, D, and how many positions a sum reads.
  package var batch, length, width, taps: Int
  /// Whether the result is x sigmoid(x) of the sum.
  package var silu: Bool

  package init(batch: Int, length: Int, width: Int, taps: Int, silu: Bool) {
    (self.batch, self.length, self.width, self.taps, self.silu) = (batch, length, width, taps, silu)
  }

  /// Channels of a part. It does not depend on the threads, nor do the sums over time then.
  private static let partWidth = 256
  private var parts: Int { (width + Self.partWidth - 1) / Self.partWidth }

  /// Calls `body` on all threads for each part of each sequence: its number, the first channel and how many there are.
  func forEachPart(_ body: (_ batch: Int, _ first: Int, _ count: Int) -> Void) {
    parallelFor(batch * parts) { index in
      let (entry, part) = index.quotientAndRemainder(dividingBy: parts)
      let first = part * Self.partWidth
      body(entry, first, min(Self.partWidth, width - first))
    }
  }
}

/// What a causal convolution reads: x [B, T, D], weight [K, D], bias [D] or none, before [B, K − 1, D] or zeros.
package struct ConvolutionOperands {
  let x, weight: UnsafePointer<Float>
  let bias, before: UnsafePointer<Float>?

  package init(
    x: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    before: UnsafePointer<Float>?
  ) {
    (self.x, self.weight, self.bias, self.before) = (x, weight, bias, before)
  }

  func rows(_ shape: ConvolutionShape, _ entry: Int, _ first: Int, _ count: Int) -> gw_convolution_rows {
    gw_convolution_rows(
      length: shape.length, channels: count, taps: shape.taps, x: x + entry * shape.length * shape.width + first,
      before: before.map { $0 + entry * (shape.taps - 1) * shape.width + first }, stride: shape.width,
      weight: weight + first, bias: bias.map { $0 + first }, silu: shape.silu ? 1 : 0)
  }
}

/// y[t] = f(bias + Σ weight[k] ⊙ x[t − K + 1 + k]) over k < K, f the identity or x sigmoid(x): a causal convolution of each channel by
/// itself.
///
/// Time 2 B T D K flops and B T D exponentials; bound by memory where K is small.
package func causalConvolution(
  _ shape: ConvolutionShape, _ x: ConvolutionOperands, y: UnsafeMutablePointer<Float>,
  on isa: InstructionSet = .current
) {
  let table = gw_causal_convolution_table(isa.rawValue)!
  shape.forEachPart { entry, first, count in
    var rows = x.rows(shape, entry, first, count)
    table.pointee.forward(&rows, y + entry * shape.length * shape.width + first)
  }
}

/// The gradient of ``causalConvolution``; the sums are computed again.
///
/// - Parameters:
///   - dy: [B, T, D], the gradient of the result.
///   - dx: [B, T, D], overwritten, likewise the others.
///   - dWeight: [K, D].
///   - dBias: [D], or nil if not wanted.
///   - dBefore: [B, K − 1, D], or nil if not wanted.
package func causalConvolutionGradient(
  _ shape: ConvolutionShape, _ x: ConvolutionOperands, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>,
  dWeight: UnsafeMutablePointer<Float>, dBias: UnsafeMutablePointer<Float>?, dBefore: UnsafeMutablePointer<Float>?,
  on isa: InstructionSet = .current
) {
  let table = gw_causal_convolution_table(isa.rawValue)!
  let (taps, width) = (shape.taps, shape.width)
  // For each sequence the sums over its positions, [taps + 1, D].
  let sumCount = (taps + 1) * width
  var sums = RecurrenceScratch(shape.batch * sumCount)
  let all = sums.take(shape.batch * sumCount, zeroed: false)
  shape.forEachPart { entry, first, count in
    let padded = (count + 15) / 16 * 16
    var scratch = RecurrenceScratch((2 * taps + 1) * padded, taps * count, count)
    let ring = scratch.take((2 * taps + 1) * padded, zeroed: false)
    let (partWeight, partBias) = (scratch.take(taps * count), scratch.take(count))
    let row = entry * shape.length * width + first
    var work = gw_convolution_gradient(
      rows: x.rows(shape, entry, first, count), dy: dy + row, dx: dx + row,
      dbefore: dBefore.map { $0 + entry * (taps - 1) * width + first }, dweight: partWeight, dbias: partBias,
      scratch: ring)
    table.pointee.gradient(&work)
    let target = all + entry * sumCount + first
    for tap in 0..<taps { (target + tap * width).update(from: partWeight + tap * count, count: count) }
    (target + taps * width).update(from: partBias, count: count)
  }
  let normalization = gw_normalization_table(isa.rawValue)!
  normalization.pointee.sum_rows(shape.batch, taps * width, all, sumCount, dWeight)
  if let dBias { normalization.pointee.sum_rows(shape.batch, width, all + taps * width, sumCount, dBias) }
}
