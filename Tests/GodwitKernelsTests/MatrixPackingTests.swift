import CGodwitKernels
import Testing

@testable import GodwitKernels

@Suite struct MatrixPackingTests {
  /// Strips hold what they should, and nothing is written past their ends, where another thread may be packing.
  @Test(arguments: MatrixProductTests.kinds) func stripsAreExact(dtype: DType, isa: InstructionSet) {
    let table = MatrixProblem.table(dtype, isa)
    let widths = [1, 2, 5, Int(table.pointee.rows), Int(table.pointee.columns)]
    for width in widths {
      for count in [1, width, width + 1, 3 * width + (width + 1) / 2] {
        for steps in [1, 3, 8, 15, 16, 33] {
          for isAcross in [false, true] {
            #expect(
              Self.isExact(table, dtype, width: width, count: count, steps: steps, isAcross: isAcross),
              "\(count) in strips of \(width), \(steps) steps, across \(isAcross)")
          }
        }
      }
    }
  }

  static func isExact(
    _ table: UnsafePointer<gw_matrix>, _ dtype: DType, width: Int, count: Int, steps: Int, isAcross: Bool
  ) -> Bool {
    let source = GuardedMatrix(
      dtype, rows: isAcross ? steps : count, columns: isAcross ? count : steps, padding: 2,
      values: (0..<count * steps).map(Double.init))
    let strips = (count + width - 1) / width
    let packed = GuardedMatrix(dtype, rows: strips, columns: steps * width, padding: 3)
    table.pointee.pack(
      Int64(steps), Int64(width), Int64(count), source.storage, isAcross ? 1 : Int64(source.stride),
      isAcross ? Int64(source.stride) : 1, packed.storage, Int64(packed.stride))
    let values = packed.values()
    for row in 0..<count {
      for step in 0..<steps {
        let want = isAcross ? step * count + row : row * steps + step
        let got = values[row / width * steps * width + step * width + row % width]
        if got != Double(want) { return false }
      }
    }
    return true
  }
}
