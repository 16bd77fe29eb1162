import GodwitTensor

/// How a state space model begins: step sizes spread evenly over their logarithms.
enum StepSizes {
  /// The inverse softplus of step sizes between 0.001 and 0.1, [N]: a bias under a softplus, as Mamba has it (Gu and Dao 2023,
  /// section 3.6).
  static func bias(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    let logarithms = Tensor(
      uniform: -6.907_755_278_982_137 ..< -2.302_585_092_994_046, shape: [count], using: &generator)
    let steps = exp(logarithms)
    // ln(e^Δ − 1)
    return steps + log(-expm1(-steps))
  }
}
