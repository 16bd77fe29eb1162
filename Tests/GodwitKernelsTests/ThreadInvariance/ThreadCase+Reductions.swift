@testable import GodwitKernels

extension ThreadCase {
  static let reductionKernels: [ThreadCase] = {
    var cases: [ThreadCase] = []
    for (outer, n, inner) in [
      (1, 600_000, 1), (500, 200, 1), (1, 2100, 257), (2, 60_000, 5), (40, 33, 100), (300, 70, 5), (2, 9, 9000),
    ] {
      let detail = "[\(outer), \(n), \(inner)]"
      let (count, rest) = (outer * n * inner, outer * inner)
      for dtype in DType.allCases {
        for reduction in [Reduction.sum, .maximum, .minimum] {
          cases.append(
            ThreadCase("reduce", "\(reduction) \(detail)", dtype, reads: [count], writes: [rest]) {
              reduce(reduction, dtype, outer: outer, n: n, inner: inner, $0[0], $1[0], on: $2)
            })
        }
      }
    }
    for (outer, n, inner) in [(500, 200, 1), (1, 400, 700), (40, 33, 100)] {
      let detail = "[\(outer), \(n), \(inner)]"
      let (count, rest) = (outer * n * inner, outer * inner)
      for dtype in DType.allCases {
        for (reverse, exclusive) in [(false, false), (true, true)] {
          cases.append(
            ThreadCase("cumulativeSum", "\(detail) \(reverse)", dtype, reads: [count], writes: [count]) {
              cumulativeSum(
                dtype, outer: outer, n: n, inner: inner, reverse: reverse, exclusive: exclusive, $0[0], $1[0], on: $2)
            })
        }
        // Places are half as wide as doubles.
        cases.append(
          ThreadCase("argmax", detail, dtype, reads: [count], writes: [rest]) {
            let places = $1[0].assumingMemoryBound(to: Int32.self)
            places.update(repeating: 0, count: rest * dtype.byteCount / 4)
            argmax(dtype, outer: outer, n: n, inner: inner, $0[0], places, on: $2)
          })
      }
    }
    for dtype in DType.allCases {
      cases.append(
        ThreadCase("sumOfSquares", "", dtype, reads: [300_001], writes: [2]) {
          let sum = sumOfSquares(dtype, count: 300_001, $0[0], on: $2)
          $1[0].storeBytes(of: sum, as: Double.self)
          if dtype == .float64 { $1[0].storeBytes(of: sum, toByteOffset: 8, as: Double.self) }
        })
      for bound in [0.9999, 1] {
        cases.append(
          ThreadCase("hasElement", "beyond \(bound)", dtype, reads: [300_001], writes: [1]) {
            let found = hasElement(dtype, count: 300_001, $0[0], outside: 0...bound, magnitudes: true, on: $2)
            fill(dtype, count: 1, $1[0], found ? 1 : 0)
          })
      }
    }
    return cases
  }()
}
