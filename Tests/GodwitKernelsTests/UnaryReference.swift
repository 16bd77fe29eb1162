import Foundation

@testable import GodwitKernels

/// The unary operations and their derivatives in float64, from libm.
enum UnaryReference {
  static func value(_ operation: UnaryOperation, _ x: Double) -> Double {
    switch operation {
    case .absolute: abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .square: x * x
    case .squareRoot: sqrt(x)
    case .reciprocalSquareRoot: 1 / sqrt(x)
    case .reciprocal: 1 / x
    case .exp: exp(x)
    case .expMinusOne: expm1(x)
    case .log: log(x)
    case .logOnePlus: log1p(x)
    case .sin: sin(x)
    case .cos: cos(x)
    case .tanh: tanh(x)
    case .sigmoid: sigmoid(x)
    case .logSigmoid: -softplus(-x)
    case .erf: erf(x)
    case .softplus: softplus(x)
    case .silu: x == -.infinity ? -0.0 : x * sigmoid(x)
    case .gelu: x == -.infinity ? -0.0 : x * normal(x)
    case .geluTanh: x == -.infinity ? -0.0 : x * sigmoid(2 * geluArgument(x))
    case .relu: x < 0 ? 0 : x
    case .reluSquared: x < 0 ? 0 : x * x
    case .elu: x > 0 ? x : expm1(x)
    case .eluPlusOne: x > 0 ? x + 1 : exp(x)
    case .floor: floor(x)
    case .ceil: ceil(x)
    case .round: round(x)
    }
  }

  static func derivative(_ operation: UnaryOperation, _ x: Double) -> Double {
    switch operation {
    case .absolute: x > 0 ? 1 : x < 0 ? -1 : x
    case .sign, .floor, .ceil, .round: x.isNaN ? x : 0
    case .square: 2 * x
    case .squareRoot: 0.5 / sqrt(x)
    case .reciprocalSquareRoot: -0.5 / (x * sqrt(x))
    case .reciprocal: -1 / x / x
    case .exp, .expMinusOne: exp(x)
    case .log: 1 / x
    case .logOnePlus: 1 / (1 + x)
    case .sin: cos(x)
    case .cos: -sin(x)
    case .tanh: 4 * sigmoid(2 * x) * sigmoid(-2 * x)
    case .sigmoid: sigmoid(x) * sigmoid(-x)
    case .logSigmoid: sigmoid(-x)
    case .erf: 2 / Double.pi.squareRoot() * exp(-x * x)
    case .softplus: sigmoid(x)
    case .silu: x.isInfinite ? (x > 0 ? 1 : 0) : sigmoid(x) + x * sigmoid(x) * sigmoid(-x)
    case .gelu: x.isInfinite ? (x > 0 ? 1 : 0) : normal(x) + x * density(x)
    case .geluTanh: x.isInfinite ? (x > 0 ? 1 : 0) : geluTanhDerivative(x)
    case .relu: x > 0 ? 1 : x.isNaN ? x : 0
    case .reluSquared: x < 0 ? 0 : 2 * x
    case .elu, .eluPlusOne: x > 0 ? 1 : exp(x)
    }
  }

  /// What an error of the derivative is measured by: the greatest of its terms, where these cancel.
  static func derivativeScale(_ operation: UnaryOperation, _ x: Double) -> Double {
    switch operation {
    case .silu: abs(x) < 2 ? 1 : abs(derivative(operation, x))
    case .gelu, .geluTanh: max(abs(derivative(operation, x)), abs(x) < 2 ? 1 : 0)
    default: abs(derivative(operation, x))
    }
  }

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
  private static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
  private static func density(_ x: Double) -> Double { exp(-0.5 * x * x) / (2 * Double.pi).squareRoot() }
  private static func geluArgument(_ x: Double) -> Double { (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x) }

  private static func geluTanhDerivative(_ x: Double) -> Double {
    let u = geluArgument(x)
    let du = (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
    let slope = sigmoid(2 * u) * sigmoid(-2 * u)
    return sigmoid(2 * u) + (slope == 0 ? 0 : 2 * x * slope * du)
  }
}
