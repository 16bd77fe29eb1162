#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The cosines and sines of position · base^(−2i/K), [positions, K / 2] each: by how much rotary positions turn channels.
///
/// Each angle is the sum of two, of the position's block of 64 and of its place in the block, whose cosines and sines are
/// computed once and multiplied; the result is within a few units in the last place of float64, rounded to `dtype`, and the
/// same whatever the other positions are.
///
/// Time O(positions K / 2), with (positions / 64 + 64) K calls of the library's functions.
package func rotaryAngles(
  _ dtype: DType, _ positions: Range<Int>, half: Int, base: Double, cosines: UnsafeMutableRawPointer,
  sines: UnsafeMutableRawPointer
) {
  guard !positions.isEmpty, half > 0 else { return }
  let block = 64
  let frequencies = (0..<half).map { pow(base, -Double($0) / Double(half)) }
  func angles(_ position: Int) -> [SIMD2<Double>] {
    frequencies.map { SIMD2(cos(Double(position) * $0), sin(Double(position) * $0)) }
  }
  let places = positions.count >= block ? Array(0..<block) : positions.map { $0 % block }
  let low = Dictionary(uniqueKeysWithValues: Set(places).map { ($0, angles($0)) })
  let blocks = positions.lowerBound / block...(positions.upperBound - 1) / block
  parallelRanges(blocks.count, grain: max(16_384 / (block * half), 1)) { range in
    for index in range {
      let start = (blocks.lowerBound + index) * block
      let high = angles(start)
      for position in max(start, positions.lowerBound)..<min(start + block, positions.upperBound) {
        let place = (position - positions.lowerBound) * half
        low[position - start]!.withUnsafeBufferPointer { low in
          for channel in 0..<half {
            let (a, b) = (high[channel], low[channel])
            let (cosine, sine) = (a.x * b.x - a.y * b.y, a.y * b.x + a.x * b.y)
            switch dtype {
            case .float32:
              cosines.storeBytes(of: Float(cosine), toByteOffset: 4 * (place + channel), as: Float.self)
              sines.storeBytes(of: Float(sine), toByteOffset: 4 * (place + channel), as: Float.self)
            case .float64:
              cosines.storeBytes(of: cosine, toByteOffset: 8 * (place + channel), as: Double.self)
              sines.storeBytes(of: sine, toByteOffset: 8 * (place + channel), as: Double.self)
            }
          }
        }
      }
    }
  }
}
