import Foundation
import Testing

@testable import GodwitKernels

@Suite struct UnaryOperationTests {
  static let counts = [0, 1, 7, 33, 1000]

  /// Numbers of every size that an operation is used at, in its domain.
  static func inputs(_ operation: UnaryOperation, _ count: Int, _ dtype: DType) -> [Double] {
    var noise = RecurrenceNoise(seed: 31)
    return noise.array(count).enumerated().map { index, value in
      let scale: Double = [0.01, 1, 5, 12][index % 4]
      switch operation {
      case .squareRoot, .reciprocalSquareRoot, .log: return dtype.rounding(abs(value) * scale + 1e-6)
      case .logOnePlus: return dtype.rounding(abs(value) * scale - 0.9)
      default: return dtype.rounding(value * scale)
      }
    }
  }

  @Test(arguments: UnaryOperation.allCases, DType.allCases)
  func valuesEqualTheNaiveLoop(operation: UnaryOperation, dtype: DType) {
    for count in Self.counts {
      let x = Self.inputs(operation, count, dtype)
      let want = x.map { UnaryReference.value(operation, $0) }
      for isa in InstructionSet.supported {
        let y = run(dtype, count: count, [x]) { elementwise(operation, dtype, count: count, $0[0], $1, on: isa) }
        expectEqual(y, want, dtype, "\(operation) of \(count) under \(isa)")
      }
    }
  }

  @Test(arguments: UnaryOperation.allCases, DType.allCases)
  func gradientsEqualTheNaiveLoop(operation: UnaryOperation, dtype: DType) {
    for count in Self.counts {
      let x = Self.inputs(operation, count, dtype)
      var noise = RecurrenceNoise(seed: 32)
      let dy = noise.array(count)
      let want = zip(x, dy).map { $1 * UnaryReference.derivative(operation, $0) }
      for isa in InstructionSet.supported {
        let dx = run(dtype, count: count, [x, dy]) {
          elementwiseGradient(operation, dtype, count: count, $0[0], $0[1], $1, on: isa)
        }
        expectEqual(dx, want, dtype, "gradient of \(operation) of \(count) under \(isa)")
      }
    }
  }

  /// The derivatives of the reference, away from kinks and steps.
  @Test(arguments: UnaryOperation.allCases) func referenceDerivativesAreDerivatives(operation: UnaryOperation) {
    for x in Self.inputs(operation, 100, .float64) where abs(x) > 1e-3 && abs(x - x.rounded()) > 1e-3 {
      let step = 1e-6 * max(abs(x), 0.1)
      func f(_ x: Double) -> Double { UnaryReference.value(operation, x) }
      let want = (f(x + step) - f(x - step)) / (2 * step)
      let got = UnaryReference.derivative(operation, x)
      if [.floor, .ceil, .round, .sign].contains(operation), abs(abs(x - floor(x)) - 0.5) < 1e-3 { continue }
      #expect(abs(got - want) <= 1e-6 * max(abs(want), abs(f(x)), 1e-3), "\(operation) at \(x)")
    }
  }

  /// Results at zeros, infinities and NaN are those of the reference, the sign of zero included.
  @Test(arguments: UnaryOperation.allCases) func specialValues(operation: UnaryOperation) {
    let x = [0, -0.0, .infinity, -.infinity, .nan, 1e38, -1e38, 1e-40, -1e-40, 1, -1].map { DType.float32.rounding($0) }
    for isa in InstructionSet.supported {
      let y = run(.float32, count: x.count, [x]) {
        elementwise(operation, .float32, count: x.count, $0[0], $1, on: isa)
      }
      let ones = [Double](repeating: 1, count: x.count)
      let dx = run(.float32, count: x.count, [x, ones]) {
        elementwiseGradient(operation, .float32, count: x.count, $0[0], $0[1], $1, on: isa)
      }
      for index in x.indices {
        let want = Double(Float(UnaryReference.value(operation, x[index])))
        if want.isNaN || want.isInfinite || want == 0 {
          let same = y[index] == want && y[index].sign == want.sign || y[index].isNaN && want.isNaN
          #expect(same, "\(operation) of \(x[index]) is \(y[index]), not \(want), under \(isa)")
        }
        let slope = Double(Float(UnaryReference.derivative(operation, x[index])))
        if slope.isNaN || slope.isInfinite || slope == 0 {
          let same = dx[index] == slope || dx[index].isNaN && slope.isNaN
          #expect(same, "derivative of \(operation) at \(x[index]) is \(dx[index]), not \(slope), under \(isa)")
        }
      }
    }
  }

  @Test func resultMayReplaceTheOperand() {
    let x = Self.inputs(.exp, 1000, .float32)
    for isa in InstructionSet.supported {
      var values = floats(x)
      values.withUnsafeMutableBytes {
        elementwise(.exp, .float32, count: 1000, $0.baseAddress!, $0.baseAddress!, on: isa)
      }
      expectEqual(values.map(Double.init), x.map { exp($0) }, .float32, "in place under \(isa)")
    }
  }
}
