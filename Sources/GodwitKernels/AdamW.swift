import CGodwitKernels

/// One step of Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), in place, in one pass.
///
/// With g = gradientScale · gradient: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², and
/// θ ← (1 − decay) θ − learningRate · (m / correction1) / (√(v / correction2) + ε).
///
/// O(count), bound by memory: four reads and three writes.
/// - Parameters:
///   - decay: what the parameters lose before the step: learning rate times weight decay for PyTorch's convention.
///   - correction1: 1 − β₁ᵗ in step t = 1, 2, …; correction2: 1 − β₂ᵗ.
package func adamW(
  count: Int, parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
  first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, learningRate: Float, beta1: Float,
  beta2: Float, epsilon: Float, decay: Float, correction1: Float, correction2: Float, gradientScale: Float,
  on isa: InstructionSet = .current
) {
  let table = gw_adam_table(isa.rawValue)!
  let step = gw_adam_step(
    gradient_scale: gradientScale, beta1: beta1, rest1: 1 - beta1, beta2: beta2, rest2: 1 - beta2, keep: 1 - decay,
    rate: learningRate / correction1, root: 1 / correction2.squareRoot(), epsilon: epsilon)
  parallelRanges(count, grain: 16384) { range in
    let start = range.lowerBound
    withUnsafePointer(to: step) {
      table.pointee.step($0, range.count, parameters + start, gradient + start, first + start, second + start)
    }
  }
}
