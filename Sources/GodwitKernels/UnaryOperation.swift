/// An operation on each element, in the order of `GW_UNARY_OPERATIONS`.
package enum UnaryOperation: Int32, CaseIterable, Sendable {
  case absolute, sign, square, squareRoot, reciprocalSquareRoot, reciprocal, exp, expMinusOne, log, logOnePlus
  case sin, cos, tanh, sigmoid, logSigmoid, erf, softplus, silu, gelu, geluTanh, relu, reluSquared, elu, eluPlusOne
  case floor, ceil, round
}
