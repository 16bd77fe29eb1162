/// The 64-bit hash FNV-1a (Fowler, Noll and Vo): the same on every machine and in every process.
struct FowlerNollVoHash: CustomStringConvertible {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// Takes in a run of bytes and where it ends.
  mutating func combine(_ bytes: some Sequence<UInt8>) {
    var count: UInt64 = 0
    for byte in bytes {
      combine(byte)
      count += 1
    }
    combine(count)
  }

  mutating func combine(_ number: UInt64) {
    for shift in stride(from: 0 as UInt64, to: 64, by: 8) { combine(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// Sixteen hexadecimal digits.
  var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
