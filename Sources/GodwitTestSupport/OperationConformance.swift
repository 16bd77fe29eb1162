import GodwitTensor
import Testing

/// Checks an operation's derivatives in every mode, and its float32 kernels against float64.
///
/// 1. ⟨u, J v⟩ = ⟨Jᵀ u, v⟩: forward and reverse mode are transposes of each other.
/// 2. J v against central differences.
/// 3. Second derivatives: forward over reverse against central differences of the gradient, and reverse over reverse.
/// 4. Gradients by one operand while the others are constants, and of one result while the others go unused.
/// 5. Values, J v, gradients (also those of 4) and second derivatives in float32 against those in float64.
public func checkOperation(_ operation: OperationCase, sourceLocation: SourceLocation = #_sourceLocation) {
  for finding in findings(of: operation) {
    Issue.record("\(operation): \(finding)", sourceLocation: sourceLocation)
  }
}

/// Checks an operation's float32 kernels against float64, values and gradients: for shapes too large for differences.
public func checkKernels(of operation: OperationCase, sourceLocation: SourceLocation = #_sourceLocation) {
  let trial = OperationTrial(operation)
  for finding in trial.kernelFindings() + trial.partFindings() {
    Issue.record("\(operation): \(finding)", sourceLocation: sourceLocation)
  }
}

/// What is wrong with an operation; nothing if it conforms.
public func findings(of operation: OperationCase) -> [String] {
  let trial = OperationTrial(operation)
  return trial.firstDerivativeFindings() + trial.secondDerivativeFindings() + trial.partFindings()
    + trial.kernelFindings() + trial.singlePrecisionFindings()
}
