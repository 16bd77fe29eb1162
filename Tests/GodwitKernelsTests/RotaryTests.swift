import Foundation
import Testing

@testable import GodwitKernels

@Suite struct RotaryTests {
  @Test(arguments: [(1, 0, 2, 4), (2, 3, 1, 2), (1, 5, 3, 14), (2, 2, 2, 32), (1, 3, 2, 66), (2, 40, 4, 64)])
  func equalsTheNaiveLoopAndTurnsBack(shape: (Int, Int, Int, Int)) {
    let (batch, length, heads, width) = shape
    var noise = RecurrenceNoise(seed: 51)
    let x = noise.array(batch * length * heads * width)
    // Not on the unit circle: the kernel is linear in whatever the tables hold.
    let (cosines, sines) = (noise.array(length * width / 2), noise.array(length * width / 2))
    func want(_ sign: Double) -> [Double] {
      rows(x, width).enumerated().flatMap { index, head in
        let position = index / heads % length * width / 2
        return NaiveRow.rotary(
          head, cosines: Array(cosines[position..<position + width / 2]),
          sines: sines[position..<position + width / 2].map { sign * $0 })
      }
    }
    for isa in InstructionSet.supported {
      for inverse in [false, true] {
        let y = run(.float32, count: x.count, [x, cosines, sines]) { inputs, result in
          rotary(
            batch: batch, length: length, heads: heads, width: width, cosines: inputs[1].floats,
            sines: inputs[2].floats, inverse: inverse, inputs[0].floats, result.floats, on: isa)
        }
        expectEqual(y, want(inverse ? -1 : 1), .float32, "\(shape) under \(isa)")
      }
    }
  }
}

@Suite struct RotaryAnglesTests {
  @Test(arguments: [0..<1, 5..<6, 63..<65, 60..<300, 1_000_000..<1_000_130], DType.allCases)
  func anglesAreThoseOfTheLibrary(positions: Range<Int>, dtype: DType) {
    let (half, base) = (5, 10_000.0)
    func angles(_ positions: Range<Int>) -> [[Double]] {
      let count = positions.count * half
      var sines: [Double] = []
      let cosines = run(dtype, count: count, []) { _, cosines in
        sines = run(dtype, count: count, []) {
          rotaryAngles(dtype, positions, half: half, base: base, cosines: cosines, sines: $1)
        }
      }
      return [cosines, sines]
    }
    let got = angles(positions)
    for (row, position) in positions.enumerated() {
      // Each position by itself has the same bits.
      #expect(angles(position..<(position + 1)) == got.map { Array($0[(row * half)..<((row + 1) * half)]) })
      for channel in 0..<half {
        let angle = Double(position) * pow(base, -Double(channel) / Double(half))
        let want = [cos(angle), sin(angle)].map { dtype.rounding($0) }
        for (values, want) in zip(got, want) {
          // An angle itself has the error of its own last place.
          let tolerance = (dtype == .float32 ? 6e-8 : 5e-16) + angle * 3e-16
          #expect(abs(values[row * half + channel] - want) <= tolerance, "\(position), \(channel)")
        }
      }
    }
  }
}
