import GodwitKernels
import GodwitTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One step of `AdamW` on one tensor, with every factor worked out.
struct AdamWStep {
  let options: AdamWOptions
  let learningRate: Double
  let decay: Double
  let correction1: Double
  let correction2: Double
  let gradientScale: Double

  init(
    _ options: AdamWOptions, _ group: ParameterGroup, stepCount: Int, learningRate: Double, gradientScale: Double
  ) {
    self.options = options
    self.learningRate = learningRate * group.learningRateFactor
    self.gradientScale = gradientScale
    switch options.decayConvention {
    case .pytorch: decay = self.learningRate * options.weightDecay * group.decayFactor
    case .paper:
      let multiplier = options.learningRate == 0 ? 0 : learningRate / options.learningRate
      decay = multiplier * options.weightDecay * group.decayFactor
    }
    correction1 = 1 - pow(options.beta1, Double(stepCount))
    correction2 = 1 - pow(options.beta2, Double(stepCount))
  }

  func callAsFunction(_ parameter: inout Tensor, _ gradient: Tensor, _ first: inout Tensor, _ second: inout Tensor) {
    if !parameter.dtype.hasFusedKernels { return composed(&parameter, gradient, &first, &second) }
    let count = parameter.count
    parameter.withMutablePointer { parameters in
      first.withMutablePointer { first in
        second.withMutablePointer { second in
          adamW(
            count: count, parameters: parameters.assumingMemoryBound(to: Float.self), gradient: gradient.floats,
            first: first.assumingMemoryBound(to: Float.self), second: second.assumingMemoryBound(to: Float.self),
            learningRate: learningRate, beta1: options.beta1, beta2: options.beta2, epsilon: options.epsilon,
            decay: decay, correction1: correction1, correction2: correction2, gradientScale: gradientScale)
        }
      }
    }
  }

  /// The same written with operations: for float64, and what the kernel is tested against.
  func composed(_ parameter: inout Tensor, _ gradient: Tensor, _ first: inout Tensor, _ second: inout Tensor) {
    let g = gradient * gradientScale
    first = first * options.beta1 + g * (1 - options.beta1)
    second = second * options.beta2 + square(g) * (1 - options.beta2)
    let direction = (first / correction1) / (sqrt(second / correction2) + options.epsilon)
    parameter = parameter * (1 - decay) - direction * learningRate
  }
}
