import GodwitTensor

extension OperationTrial {
  /// The step of central differences.
  private static let step = 1e-5

  private func moved(_ step: Double) -> [Tensor] { zip(x, v).map { $0 + $1 * step } }

  /// Forward mode against reverse mode and against differences.
  func firstDerivativeFindings() -> [String] {
    let (value, jv) = valueWithJacobianVectorProduct(at: x, along: v, of: function)
    var found = exceeding(
      errorRatio(dot(jv, u), dot(gradients, v), scale: max(norm(jv) * norm(u), 1e-12)), Tolerance.transposition,
      "⟨u, J v⟩ and ⟨Jᵀ u, v⟩")
    let h = Self.step
    let (above, below) = (function(moved(h)), function(moved(-h)))
    for index in y.indices {
      found += exceeding(errorRatio(value[index], y[index]), Tolerance.forwardValue, "result \(index) in forward mode")
      let quotient = (above[index] - below[index]) / (2 * h)
      let scale = max(norm([y[index]]) * 1e-3, 1e-6)
      found += exceeding(
        errorRatio(jv[index], quotient, scale: scale), Tolerance.differenceQuotient,
        "J v and the difference quotient of result \(index)")
    }
    return found
  }

  /// Forward over reverse against differences of the gradient, and reverse over reverse.
  func secondDerivativeFindings() -> [String] {
    let hv = hessianVectorProduct(at: x, along: v, of: scalar)
    let h = Self.step
    let (up, down) = (gradient(at: moved(h), of: scalar), gradient(at: moved(-h), of: scalar))
    let quotients = zip(up, down).map { ($0 - $1) / (2 * h) }
    let scale = max(norm(up) * 1e-3, 1e-6)
    let hw = reverseOverReverse(at: x)
    return exceeding(
      errorRatio(hv, quotients, scale: scale), Tolerance.secondDifferenceQuotient, "H v and the difference quotient")
      + exceeding(
        errorRatio(dot(hv, w), dot(hw, v), scale: max(norm(hv) * norm(w), 1e-12)), Tolerance.secondTransposition,
        "⟨w, H v⟩ and ⟨H w, v⟩")
  }
}
