import GodwitRandom
import GodwitTensor
import Testing

/// Checks an operation's derivatives in every mode, and its float32 kernels against float64.
///
/// 1. ⟨u, J v⟩ = ⟨Jᵀ u, v⟩: forward and reverse mode are transposes of each other.
/// 2. J v against central differences.
/// 3. Second derivatives: forward over reverse against central differences of the gradient, and reverse over reverse.
/// 4. Values and gradients in float32 against those in float64.
public func checkOperation(_ operation: OperationCase, sourceLocation: SourceLocation = #_sourceLocation) {
  for finding in findings(of: operation) {
    Issue.record("\(operation): \(finding)", sourceLocation: sourceLocation)
  }
}

/// What is wrong with an operation; nothing if it conforms.
public func findings(of operation: OperationCase) -> [String] {
  var generator = Philox(seed: 7)
  let function = operation.function
  let x = operation.inputs(.float64, using: &generator)
  let v = x.map { Tensor(normal: 0, shape: $0.shape, dtype: .float64, using: &generator) }
  let w = x.map { Tensor(normal: 0, shape: $0.shape, dtype: .float64, using: &generator) }
  let y = function(x)
  let u = y.map { Tensor(normal: 0, shape: $0.shape, dtype: .float64, using: &generator) }
  var found: [String] = []

  func compare(_ got: Double, _ want: Double, _ scale: Double, _ tolerance: Double, _ what: String) {
    let error = Swift.abs(got - want) / Swift.max(scale, 1e-12)
    if !(error <= tolerance) { found.append("\(what): \(got) and \(want) differ by \(error) of their scale") }
  }
  func moved(_ step: Double) -> [Tensor] { zip(x, v).map { $0 + $1 * step } }

  // First derivatives.
  let (value, jv) = valueWithJacobianVectorProduct(at: x, along: v, of: function)
  let (_, pullback) = valueWithPullback(at: x, of: function)
  let jtu = pullback(u)
  for (a, b) in zip(value, y) where errorRatio(a, b) > 1e-14 { found.append("forward mode changes the value") }
  compare(dot(jv, u), dot(jtu, v), norm(jv) * norm(u), 1e-12, "⟨u, J v⟩ and ⟨Jᵀ u, v⟩")
  let h = 1e-5
  let (above, below) = (function(moved(h)), function(moved(-h)))
  for index in y.indices {
    let quotient = (above[index] - below[index]) / (2 * h)
    let error = norm([jv[index] - quotient])
    let scale = Swift.max(norm([quotient]), norm([y[index]]) * 1e-3, 1e-6)
    if !(error <= 2e-7 * scale) {
      found.append("J v and the difference quotient of result \(index) differ by \(error / scale)")
    }
  }

  // Second derivatives, of s(x) = ⟨u, f(x)⟩ + ⟨f(x), f(x)⟩ / 2, so that linear operations have one too.
  let scalar: @Sendable ([Tensor]) -> Tensor = { x in
    var sum = Tensor(0, dtype: .float64)
    for (a, b) in zip(function(x), u) { sum = sum + (a * b).sum() + (a * a).sum() * 0.5 }
    return sum
  }
  let hv = hessianVectorProduct(at: x, along: v, of: scalar)
  let (up, down) = (gradient(at: moved(h), of: scalar), gradient(at: moved(-h), of: scalar))
  let quotients = zip(up, down).map { ($0 - $1) / (2 * h) }
  let difference = norm(zip(hv, quotients).map { $0 - $1 })
  let size = Swift.max(norm(quotients), norm(up) * 1e-3, 1e-6)
  if !(difference <= 2e-6 * size) { found.append("H v and the difference quotient differ by \(difference / size)") }
  let reverse = gradient(at: x) { x in
    var sum = Tensor(0, dtype: .float64)
    for (g, w) in zip(gradient(at: x, of: scalar), w) { sum = sum + (g * w).sum() }
    return sum
  }
  compare(dot(hv, w), dot(reverse, v), norm(hv) * norm(w), 1e-11, "⟨w, H v⟩ and ⟨H w, v⟩")

  // The float32 kernels.
  let single = x.map { $0.converted(to: .float32) }
  let (single32, pullback32) = valueWithPullback(at: single, of: function)
  let gradients32 = pullback32(zip(u, single32).map { $0.converted(to: $1.dtype) })
  for (index, (a, b)) in zip(single32, y).enumerated() {
    let error = errorRatio(a, b)
    if !(error <= 2e-6) { found.append("result \(index) in float32 is off by \(error)") }
  }
  let scale = norm(jtu) / Double(Swift.max(jtu.count, 1)).squareRoot()
  for (index, (a, b)) in zip(gradients32, jtu).enumerated() {
    let error = norm([a.converted(to: .float64) - b]) / Swift.max(norm([b]), scale * 1e-2, 1e-30)
    if b.count > 0, !(error <= 5e-6) { found.append("gradient \(index) in float32 is off by \(error)") }
  }
  return found
}

private func dot(_ a: [Tensor], _ b: [Tensor]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += zip(x.scalars, y.scalars).reduce(0) { $0 + $1.0 * $1.1 } }
  return sum
}

private func norm(_ a: [Tensor]) -> Double { dot(a, a).squareRoot() }
