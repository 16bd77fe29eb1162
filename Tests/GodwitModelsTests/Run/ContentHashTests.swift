import Testing

@testable import GodwitModels

@Suite struct ContentHashTests {
  private func hash(_ parts: [UInt8]...) -> String {
    var hash = ContentHash()
    for part in parts { part.withUnsafeBytes { hash.add($0) } }
    return hash.digits
  }

  @Test(arguments: [1, 31, 32, 33, 100]) func everyBitCounts(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var seen: Set = [hash(bytes)]
    for bit in 0..<(8 * count) {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      seen.insert(hash(changed))
    }
    #expect(seen.count == 8 * count + 1)
  }

  @Test func lengthCounts() {
    let hashes = (0..<70).map { hash([UInt8](repeating: 0, count: $0)) }
    #expect(Set(hashes).count == 70)
    #expect(hashes.allSatisfy { $0.count == 16 })
  }

  @Test func cutsBetweenLanesDoNotCount() {
    let bytes = (0..<200).map { UInt8($0) }
    #expect(hash(bytes) == hash(Array(bytes[..<96]), Array(bytes[96...])))
  }

  @Test func orderCounts() {
    let (a, b) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
    #expect(hash(a, b) != hash(b, a))
  }
}
