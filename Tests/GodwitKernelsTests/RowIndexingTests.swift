import Testing

@testable import GodwitKernels

@Suite struct RowIndexingTests {
  struct Case: Sendable {
    var count, width, rows: Int
  }

  static let cases = [
    (0, 3, 4), (1, 1, 1), (7, 1, 5), (33, 7, 5), (100, 64, 9), (3000, 1, 300), (2000, 100, 256), (500, 0, 3),
  ]
  .map { Case(count: $0.0, width: $0.1, rows: $0.2) }

  func indices(_ test: Case) -> [Int32] {
    var noise = RecurrenceNoise(seed: 81)
    return (0..<test.count).map { _ in Int32(abs(noise.next()) * 0.999 * Double(test.rows)) }
  }

  func scattered(_ test: Case, _ x: [Double], _ table: [Double], _ dtype: DType, _ isa: InstructionSet) -> [Double] {
    let indices = indices(test) + [-1]
    return run(dtype, count: table.count, [x, table]) { inputs, result in
      convert(from: dtype, to: dtype, count: table.count, inputs[1], result)
      scatterAddRows(
        dtype, count: test.count, width: test.width, inputs[0], indices: indices, rows: test.rows, table: result,
        on: isa)
    }
  }

  @Test(arguments: cases, DType.allCases) func gather(test: Case, dtype: DType) {
    var noise = RecurrenceNoise(seed: 82)
    let table = noise.array(test.rows * test.width)
    let indices = indices(test) + [-1]
    let want = indices.dropLast().flatMap { table[Int($0) * test.width..<(Int($0) + 1) * test.width] }
    for isa in InstructionSet.supported {
      let y = run(dtype, count: want.count, [table]) {
        gatherRows(dtype, count: test.count, width: test.width, table: $0[0], indices: indices, $1, on: isa)
      }
      #expect(y == want, "\(test) under \(isa)")
    }
  }

  @Test(arguments: cases, DType.allCases) func scatterAdd(test: Case, dtype: DType) {
    var noise = RecurrenceNoise(seed: 83)
    let x = noise.array(test.count * test.width)
    let table = noise.array(test.rows * test.width)
    var want = table
    for (place, index) in indices(test).enumerated() {
      for column in 0..<test.width { want[Int(index) * test.width + column] += x[place * test.width + column] }
    }
    for isa in InstructionSet.supported {
      expectEqual(scattered(test, x, table, dtype, isa), want, dtype, terms: x, "\(test) under \(isa)")
    }
  }
}
