/// An operation on pairs of elements, in the order of `GW_BINARY_OPERATIONS`.
///
/// `maximum` and `minimum` are NaN where either operand is; comparisons give 1 or 0.
package enum BinaryOperation: Int32, CaseIterable, Sendable {
  case add, subtract, multiply, divide, maximum, minimum
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual, power
}
