import GodwitTensor
import GodwitTestSupport

extension OperationConformanceTests {
  /// Selective scans, causal convolutions and RWKV's weighted means.
  static let gatedRecurrenceCases: [OperationCase] = {
    var cases: [OperationCase] = []
    for (b, t, d, n) in [
      (2, 5, 3, 2), (1, 1, 1, 1), (2, 35, 2, 1), (0, 3, 2, 2), (2, 0, 3, 2), (2, 3, 0, 2), (2, 3, 2, 0),
    ] {
      let shapes: [Shape] = [[b, t, d], [b, t, d], [d, n], [b, t, n], [b, t, n]]
      let domains: [OperationCase.Domain] = [.real, .positive, .negative, .real]
      cases += [
        OperationCase(
          "selectiveScan", shapes, domains,
          all: {
            let (y, state) = selectiveScan($0[0], delta: $0[1], a: $0[2], b: $0[3], c: $0[4])
            return [y, state]
          }),
        OperationCase(
          "selectiveScan", shapes + [[d], [b, d, n]], domains,
          all: {
            let (y, state) = selectiveScan(
              $0[0], delta: $0[1], a: $0[2], b: $0[3], c: $0[4], skip: $0[5], initial: $0[6])
            return [y, state]
          }),
      ]
    }
    for (b, t, d, k) in [(2, 5, 3, 4), (1, 1, 1, 1), (2, 2, 3, 3), (0, 3, 2, 2), (2, 0, 3, 2), (2, 3, 0, 2)] {
      for silu in [false, true] {
        cases += [
          OperationCase("causalConvolution", [[b, t, d], [k, d]]) {
            causalConvolution($0[0], weight: $0[1], silu: silu)
          },
          OperationCase("causalConvolution", [[b, t, d], [k, d], [d], [b, k - 1, d]]) {
            causalConvolution($0[0], weight: $0[1], bias: $0[2], before: $0[3], silu: silu)
          },
        ]
      }
    }
    for (b, t, d) in [(2, 5, 3), (1, 1, 1), (2, 35, 2), (0, 3, 2), (2, 0, 3), (2, 3, 0)] {
      cases += [
        OperationCase("wkv", [[b, t, d], [b, t, d], [d], [d]], [.real, .real, .positive, .real]) {
          wkv($0[0], $0[1], decay: $0[2], bonus: $0[3]).output
        },
        OperationCase(
          "wkv", [[b, t, d], [b, t, d], [d], [d], [b, d], [b, d], [b, d]],
          [.real, .real, .positive, .real, .real, .positive, .real],
          all: {
            var before = WKVSums(batch: b, width: d, dtype: $0[0].dtype)
            (before.numerator, before.denominator, before.exponent) = ($0[4], $0[5], $0[6])
            let (y, sums) = wkv($0[0], $0[1], decay: $0[2], bonus: $0[3], initial: before)
            return [y, sums.numerator, sums.denominator, sums.exponent]
          }),
      ]
    }
    return cases
  }()
}
