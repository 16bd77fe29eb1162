import RealModule

extension PowerSeries {
  /// e to the power of this series, by the recurrence k gₖ = Σ j fⱼ gₖ₋ⱼ that g′ = f′ g gives (Knuth, "The Art of Computer
  /// Programming", volume 2, 4.7, exercise 4).
  ///
  /// The constant term may be far below 0, where its exponential underflows but later coefficients do not.
  ///
  /// - Complexity: O(n m), n terms of which m are not 0.
  public func exponential() -> PowerSeries {
    guard let first = coefficients.first else { return self }
    let others = coefficients.indices.dropFirst().filter { coefficients[$0] != 0 }
    // The result over exp(scale).
    var (result, scale) = ([1.0], first)
    for k in 1..<max(terms, 1) {
      var sum = 0.0
      for j in others.prefix(while: { $0 <= k }) { sum += Double(j) * coefficients[j] * result[k - j] }
      result.append(sum / Double(k))
      if abs(result[k]) > 0x1p600 && scale < 0 {
        result = result.map { $0 * 0x1p-600 }
        scale += 600 * .log(2)
      }
    }
    return PowerSeries(result.map { scaledExponential($0, exponent: scale) })
  }
}
