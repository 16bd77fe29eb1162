import GodwitTensor

extension OperationTrial {
  /// By what the error of each gradient is measured at least, a hundredth of the gradients' mean size or the size of a long
  /// sum's addends, and how great it may be in float32.
  private var limits: [(scale: Double, tolerance: Double)] {
    let least = norm(gradients) / Double(max(gradients.count, 1)).squareRoot() * 1e-2
    let usual = gradients.map { _ in (scale: least, tolerance: Tolerance.singleDerivative) }
    guard let unsummed = operation.unsummed else { return usual }
    let addends = valueWithPullback(at: unsummed(x), of: function).pullback(u)
    return x.indices.map { index in
      if addends[index].shape == x[index].shape { return usual[index] }
      return (scale: max(norm([addends[index]]), least), tolerance: Tolerance.singleSummedDerivative)
    }
  }

  /// Values and gradients of the float32 kernels against float64.
  func kernelFindings() -> [String] {
    var found: [String] = []
    for (index, (a, b)) in zip(function(x.converted(to: .float32)), y).enumerated() {
      found += exceeding(errorRatio(a, b), Tolerance.singleValue, "result \(index) in float32")
    }
    let limits = limits
    let singles = gradients(by: Array(x.indices), of: Array(y.indices), .float32)
    for (index, (a, b)) in zip(singles, gradients).enumerated() {
      found += exceeding(
        errorRatio(a, b, scale: limits[index].scale), limits[index].tolerance, "gradient \(index) in float32")
    }
    return found
  }

  /// Forward mode and second derivatives in float32 against those in float64.
  func singlePrecisionFindings() -> [String] {
    let (x32, v32) = (x.converted(to: .float32), v.converted(to: .float32))
    var found: [String] = []
    let (jv, jv32) = (
      jacobianVectorProduct(at: x, along: v, of: function), jacobianVectorProduct(at: x32, along: v32, of: function)
    )
    for (index, (a, b)) in zip(jv32, jv).enumerated() {
      let scale = norm([y[index]]) * 1e-2
      found += exceeding(
        errorRatio(a, b, scale: scale), Tolerance.singleDerivative, "J v of result \(index) in float32")
    }
    let scale = norm(gradient(at: x, of: scalar)) * 1e-2
    let (hv, hv32) = (
      hessianVectorProduct(at: x, along: v, of: scalar), hessianVectorProduct(at: x32, along: v32, of: scalar)
    )
    found += exceeding(errorRatio(hv32, hv, scale: scale), Tolerance.singleDerivative, "H v in float32")
    let (hw, hw32) = (reverseOverReverse(at: x), reverseOverReverse(at: x32))
    return found + exceeding(errorRatio(hw32, hw, scale: scale), Tolerance.singleDerivative, "H w in float32")
  }

  /// Gradients by one operand while the others are constants, and of one result while the others go unused.
  func partFindings() -> [String] {
    let operands = Array(x.indices)
    let limits = limits
    var found: [String] = []
    // Where an operand is alone its gradient has the bits that it has among all, or those of another kernel.
    func compareAlone(_ results: [Int], _ dtype: DType, _ got: [Tensor], _ want: [Tensor], _ what: String) {
      for operand in operands where operands.count > 1 {
        let alone = gradients(by: [operand], of: results, dtype)[0]
        let what = "gradient \(operand)\(what) in \(dtype), the other operands being constants"
        if operation.hasOneGradientKernel || dtype == .float64 {
          if alone.scalars != got[operand].scalars { found.append("\(what), has other bits") }
        } else {
          found += exceeding(
            errorRatio(alone, want[operand], scale: limits[operand].scale), limits[operand].tolerance, what)
        }
      }
    }
    for dtype in DType.allCases {
      let results = Array(y.indices)
      compareAlone(results, dtype, gradients(by: operands, of: results, dtype), gradients, "")
      for result in results where results.count > 1 {
        // The same in float64 with zeros as the cotangents of the others.
        var cotangents = y.map { Tensor(zeros: $0.shape, dtype: $0.dtype) }
        cotangents[result] = u[result]
        let want = valueWithPullback(at: x, of: function).pullback(cotangents)
        let got = gradients(by: operands, of: [result], dtype)
        for (index, (a, b)) in zip(got, want).enumerated() {
          let tolerance = dtype == .float32 ? limits[index].tolerance : Tolerance.partialGradient
          found += exceeding(
            errorRatio(a, b, scale: limits[index].scale), tolerance,
            "gradient \(index) of result \(result) alone in \(dtype)")
        }
        compareAlone([result], dtype, got, want, " of result \(result) alone")
      }
    }
    return found
  }
}
