#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Softmax and its relatives on one row of float64: for checks and solvers, where speed matters little.
enum DoubleRow {
  static func softmax(_ n: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    let shift = greatest(n, x)
    var sum = 0.0
    for i in 0..<n {
      y[i] = exp(x[i] - shift)
      sum += y[i]
    }
    for i in 0..<n { y[i] /= sum }
  }

  static func logSoftmax(_ n: Int, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    let shift = greatest(n, x)
    let logarithm = log(expSum(n, x, shift))
    for i in 0..<n { y[i] = (x[i] - shift) - logarithm }
  }

  static func logSumExp(_ n: Int, _ x: UnsafePointer<Double>) -> Double {
    let shift = greatest(n, x)
    guard shift.isInfinite else { return shift + log(expSum(n, x, shift)) }
    return (0..<n).contains { x[$0].isNaN } ? .nan : shift
  }

  static func softmaxGradient(
    _ n: Int, _ y: UnsafePointer<Double>, _ dy: UnsafePointer<Double>, _ dx: UnsafeMutablePointer<Double>
  ) {
    var dot = 0.0
    for i in 0..<n { dot += y[i] * dy[i] }
    for i in 0..<n { dx[i] = y[i] * (dy[i] - dot) }
  }

  static func logSoftmaxGradient(
    _ n: Int, _ y: UnsafePointer<Double>, _ dy: UnsafePointer<Double>, _ dx: UnsafeMutablePointer<Double>
  ) {
    var sum = 0.0
    for i in 0..<n { sum += dy[i] }
    for i in 0..<n { dx[i] = dy[i] - exp(y[i]) * sum }
  }

  private static func greatest(_ n: Int, _ x: UnsafePointer<Double>) -> Double {
    var result = -Double.infinity
    for i in 0..<n where x[i] > result { result = x[i] }
    return result
  }

  private static func expSum(_ n: Int, _ x: UnsafePointer<Double>, _ shift: Double) -> Double {
    var sum = 0.0
    for i in 0..<n { sum += exp(x[i] - shift) }
    return sum
  }
}
