import GodwitRandom
import GodwitTensor

/// An operation at a point, with directions and cotangents, in float64.
struct OperationTrial: Sendable {
  let operation: OperationCase
  let x, y: [Tensor]
  /// Directions in which x moves.
  let v, w: [Tensor]
  /// Cotangents of y.
  let u: [Tensor]
  /// Jᵀ u.
  let gradients: [Tensor]

  var function: @Sendable ([Tensor]) -> [Tensor] { operation.function }

  init(_ operation: OperationCase) {
    var generator = Philox(seed: 7)
    func noise(like tensors: [Tensor]) -> [Tensor] {
      tensors.map { Tensor(normal: 0, shape: $0.shape, dtype: .float64, using: &generator) }
    }
    self.operation = operation
    x = operation.inputs(.float64, using: &generator)
    v = noise(like: x)
    w = noise(like: x)
    y = operation.function(x)
    u = noise(like: y)
    gradients = valueWithPullback(at: x, of: operation.function).pullback(u)
  }

  /// The gradients by some operands, the others being constants, where some results alone have cotangents.
  func gradients(by operands: [Int], of results: [Int], _ dtype: DType) -> [Tensor] {
    let constants = x.converted(to: dtype)
    let (values, pullback) = valueWithPullback(at: operands.map { constants[$0] }) { moving in
      var all = constants
      for (place, operand) in operands.enumerated() { all[operand] = moving[place] }
      let values = function(all)
      return results.map { values[$0] }
    }
    return pullback(zip(results, values).map { u[$0].converted(to: $1.dtype) })
  }

  /// s(x) = ⟨u, f(x)⟩ + ⟨f(x), f(x)⟩ / 2, so that linear operations have a second derivative too.
  func scalar(_ x: [Tensor]) -> Tensor {
    var sum = Tensor(0, dtype: .float64)
    for (a, b) in zip(function(x), u) {
      sum = sum + ((a * b.converted(to: a.dtype)).sum() + (a * a).sum() * 0.5).converted(to: .float64)
    }
    return sum
  }

  /// H w of ``scalar(_:)``, reverse over reverse.
  func reverseOverReverse(at x: [Tensor]) -> [Tensor] {
    gradient(at: x) { x in
      var sum = Tensor(0, dtype: .float64)
      for (g, w) in zip(gradient(at: x, of: scalar), w) {
        sum = sum + (g * w.converted(to: g.dtype)).sum().converted(to: .float64)
      }
      return sum
    }
  }
}

extension [Tensor] {
  func converted(to dtype: DType) -> [Tensor] { map { $0.converted(to: dtype) } }
}

func dot(_ a: [Tensor], _ b: [Tensor]) -> Double {
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += zip(x.scalars, y.scalars).reduce(0) { $0 + $1.0 * $1.1 } }
  return sum
}

func norm(_ a: [Tensor]) -> Double { dot(a, a).squareRoot() }

/// What is wrong if an error ratio is above its tolerance.
func exceeding(_ error: Double, _ tolerance: Double, _ what: String) -> [String] {
  error <= tolerance ? [] : ["\(what): error ratio \(error) above \(tolerance)"]
}
