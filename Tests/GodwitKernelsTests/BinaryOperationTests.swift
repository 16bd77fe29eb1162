import Foundation
import Testing

@testable import GodwitKernels

@Suite struct BinaryOperationTests {
  static func naive(_ operation: BinaryOperation, _ a: Double, _ b: Double) -> Double {
    switch operation {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: pow(a, b)
    case .maximum: a.isNaN || b.isNaN ? .nan : max(a, b)
    case .minimum: a.isNaN || b.isNaN ? .nan : min(a, b)
    case .less: a < b ? 1 : 0
    case .lessOrEqual: a <= b ? 1 : 0
    case .greater: a > b ? 1 : 0
    case .greaterOrEqual: a >= b ? 1 : 0
    case .equal: a == b ? 1 : 0
    case .notEqual: a != b ? 1 : 0
    }
  }

  /// Quarters, so that equal pairs occur; positive where a power is taken.
  static func operand(_ count: Int, seed: UInt64, positive: Bool) -> [Double] {
    var noise = RecurrenceNoise(seed: seed)
    return noise.array(count).map {
      let quarter = ($0 * 8).rounded() / 4
      return positive ? abs(quarter) + 0.25 : quarter == 0 ? 0.25 : quarter
    }
  }

  @Test(arguments: BinaryOperation.allCases, DType.allCases)
  func equalShapes(operation: BinaryOperation, dtype: DType) {
    for count in [0, 1, 7, 33, 1000] {
      let a = Self.operand(count, seed: 41, positive: operation == .power)
      let b = Self.operand(count, seed: 42, positive: operation == .power)
      let want = zip(a, b).map { Self.naive(operation, $0, $1) }
      for isa in InstructionSet.supported {
        let y = run(dtype, count: count, [a, b]) {
          elementwise(operation, dtype, count: count, $0[0], $0[1], $1, on: isa)
        }
        expectEqual(y, want, dtype, "\(operation) of \(count) under \(isa)")
      }
    }
  }

  struct Shapes: Sendable {
    var y, a, b: [Int]
  }

  static let shapes = [
    Shapes(y: [], a: [], b: []), Shapes(y: [1], a: [1], b: []), Shapes(y: [7], a: [7], b: []),
    Shapes(y: [33], a: [1], b: [33]), Shapes(y: [5, 33], a: [5, 33], b: [33]),
    Shapes(y: [5, 33], a: [33], b: [5, 33]),
    Shapes(y: [5, 33], a: [5, 1], b: [5, 33]), Shapes(y: [5, 33], a: [5, 33], b: [5, 1]),
    Shapes(y: [4, 3], a: [4, 1], b: [3]), Shapes(y: [4, 3, 19], a: [4, 1, 19], b: [3, 19]),
    Shapes(y: [4, 3, 19], a: [4, 3, 19], b: [4, 1, 19]), Shapes(y: [4, 3, 19], a: [3, 1], b: [4, 3, 19]),
    Shapes(y: [2, 3, 4, 5], a: [2, 1, 4, 1], b: [3, 1, 5]),
    Shapes(y: [2, 1, 3, 1, 4], a: [2, 1, 1, 1, 4], b: [3, 1, 1]),
    Shapes(y: [3, 0, 4], a: [3, 0, 4], b: [4]),
    Shapes(y: [2, 2, 2, 2, 2, 2, 2, 2], a: [2, 1, 2, 1, 2, 1, 2, 1], b: [2]),
    Shapes(y: [9, 70, 130], a: [9, 70, 130], b: [70, 1]),
  ]

  @Test(arguments: shapes, DType.allCases) func broadcastShapes(shapes: Shapes, dtype: DType) {
    let naive = NaiveStrides(shapes.y)
    let (aStrides, bStrides) = (naive.broadcast(shapes.a), naive.broadcast(shapes.b))
    let a = Self.operand(shapes.a.reduce(1, *), seed: 43, positive: false)
    let b = Self.operand(shapes.b.reduce(1, *), seed: 44, positive: false)
    for operation in [BinaryOperation.subtract, .divide, .less, .power] {
      let want = zip(naive.offsets(aStrides), naive.offsets(bStrides)).map { Self.naive(operation, a[$0], b[$1]) }
      for isa in InstructionSet.supported {
        let y = run(dtype, count: naive.count, [a, b]) {
          elementwise(
            operation, dtype, shape: shapes.y, $0[0], aStrides: aStrides, $0[1], bStrides: bStrides, $1, on: isa)
        }
        expectEqual(y, want, dtype, "\(operation) of \(shapes) under \(isa)")
      }
    }
  }

  /// Strides that broadcasting alone does not make: columns read across, every other element.
  @Test func otherStrides() {
    let naive = NaiveStrides([6, 5])
    let a = Self.operand(30, seed: 45, positive: false)
    let b = Self.operand(60, seed: 46, positive: false)
    let want = zip(naive.offsets([1, 6]), naive.offsets([10, 2])).map { a[$0] * b[$1] }
    let y = run(.float32, count: 30, [a, b]) {
      elementwise(.multiply, .float32, shape: [6, 5], $0[0], aStrides: [1, 6], $0[1], bStrides: [10, 2], $1)
    }
    expectEqual(y, want, .float32, "strided")
  }

  @Test(arguments: [BinaryOperation.maximum, .minimum]) func extremaOfNaNAreNaN(operation: BinaryOperation) {
    let a = [Double.nan, 1, .nan, .infinity, -.infinity, 2].flatMap { [$0, $0, $0] }
    let b = [1, Double.nan, .nan, .nan, 3, -.infinity].flatMap { [$0, $0, $0] }
    for isa in InstructionSet.supported {
      let y = run(.float32, count: a.count, [a, b]) {
        elementwise(operation, .float32, count: a.count, $0[0], $0[1], $1, on: isa)
      }
      expectEqual(y, zip(a, b).map { Self.naive(operation, $0, $1) }, .float32, "\(operation) under \(isa)")
    }
  }
}
