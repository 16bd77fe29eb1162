import CGodwitKernels

/// One step of Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), in place, in one pass.
///
/// With g = gradientScale · gradient: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², and
/// θ ← (1 − decay) θ − learningRate · (m / correction1) / (√(v / correction2) + ε).
///
/// A gradient beyond ±2⁶², whose square may be beyond float32, counts as ±2⁶².
///
/// O(count), bound by memory: four reads and three writes.
/// - Parameters:
///   - decay: what the parameters lose before the step: learning rate times weight decay for PyTorch's convention.
///   - correction1: 1 − β₁ᵗ in step t = 1, 2, …; correction2: 1 − β₂ᵗ.
package func adamW(
  count: Int, parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
  first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, learningRate: Double, beta1: Double,
  beta2: Double, epsilon: Double, decay: Double, correction1: Double, correction2: Double, gradientScale: Double,
  on isa: InstructionSet = .current
) {
  let table = gw_adam_table(isa.rawValue)!
  // In double precision: 1 - 0.999 in float32 is wrong in its fifth digit.
  let step = gw_adam_step(
    gradient_scale: Float(gradientScale), beta1: Float(beta1), rest1: Float(1 - beta1), beta2: Float(beta2),
    rest2: Float(1 - beta2), keep: Float(1 - decay), rate: Float(learningRate / correction1),
    root: Float(1 / correction2.squareRoot()), epsilon: Float(epsilon))
  parallelRanges(count, grain: 4096) { range in
    let start = range.lowerBound
    withUnsafePointer(to: step) {
      table.pointee.step($0, range.count, parameters + start, gradient + start, first + start, second + start)
    }
  }
}
