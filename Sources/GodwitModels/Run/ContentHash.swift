/// A 64-bit hash of bytes, to notice that a file was damaged or changed: not proof against malice.
///
/// Four lanes of eight bytes, each multiplied and folded, in the manner of FNV-1a on words: the parts that are added may be
/// cut anywhere only at multiples of 32 bytes.
struct ContentHash {
  private var lanes = SIMD4<UInt64>(
    0xCBF2_9CE4_8422_2325, 0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9)
  private var count: UInt64 = 0
  private static let prime: UInt64 = 0x0000_0100_0000_01B3 | 0x9E37 << 48

  /// Adds bytes, and how many they are.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    count &+= UInt64(bytes.count)
    var offset = 0
    while offset + 32 <= bytes.count {
      mix(bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self))
      offset += 32
    }
    guard offset < bytes.count else { return }
    var rest = SIMD4<UInt64>()
    withUnsafeMutableBytes(of: &rest) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset...])) }
    mix(rest)
  }

  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  mutating func add(_ value: Int) { withUnsafeBytes(of: UInt64(bitPattern: Int64(value)).littleEndian) { add($0) } }

  private mutating func mix(_ words: SIMD4<UInt64>) {
    lanes = (lanes ^ words) &* Self.prime
    lanes ^= lanes &>> 29
  }

  /// The hash of what was added, as 16 hexadecimal digits.
  var digits: String {
    var hash = count
    for lane in 0..<4 {
      hash = (hash ^ lanes[lane]) &* Self.prime
      hash ^= hash >> 32
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
