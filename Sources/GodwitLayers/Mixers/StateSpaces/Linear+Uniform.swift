import GodwitTensor

extension Linear {
  /// Uniform weights within ±`scale` / √N for N inputs, and no bias: what the dense layers of Mamba and Mamba-2 begin with in the
  /// authors' code. With the width they become smaller: fixed ones that suit a wide layer would leave a narrow one with products
  /// of b, c and u too small to learn from.
  init(uniform inputs: Int, _ outputs: Int, scale: Double = 1, using generator: inout some RandomNumberGenerator) {
    let bound = scale / Double(inputs).squareRoot()
    self.init(weight: Tensor(uniform: -bound..<bound, shape: [inputs, outputs], using: &generator))
  }
}
