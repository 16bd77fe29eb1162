import Foundation
import GodwitRandom
import Testing

@testable import GodwitModels

/// Files that a fault or an enemy has changed: each is refused or read, and none stops the program.
@Suite struct SafetensorsFuzzTests {
  static let originals: [[UInt8]] = {
    var writer = SafetensorsWriter(metadata: ["format": "godwit", "step": "120"])
    writer.add("embedding.weight", (0..<96).map(UInt8.init), dtype: .float32, shape: [4, 6])
    writer.add("blocks.0.norm", [UInt8](repeating: 60, count: 32), dtype: .float64, shape: [4])
    writer.add("half", [1, 2, 3, 4, 5, 6], dtype: .bfloat16, shape: [3, 1])
    writer.add("empty", [], dtype: .float32, shape: [0, 3])
    let plain = SafetensorsTests.file(SafetensorsTests.entry("F32", "[]", "[0,4]"), data: 4)
    return [writer.bytes(), plain] + SafetensorsTests.sound.map { SafetensorsTests.file($0.json, data: $0.data) }
  }()

  /// Pieces that a header is made of, and numbers at the edges.
  static let pieces = [
    "0", "1", "-1", "4", "18446744073709551615", "9223372036854775807", "9223372036854775808", "4294967296",
    "2147483648", "1e9",
    "1.0", "\"F32\"", "\"F64\"", "\"U8\"", "\"BF16\"", "\"F4\"", "[]", "{}", "[[", "]]", "{\"", "\":", ",", "\"",
    "null", "\\u0000", "\\ud800",
    "\"dtype\":", "\"shape\":", "\"data_offsets\":", "\"__metadata__\":{}", " ", "\n",
  ].map { Array($0.utf8) }

  static func mutated(_ original: [UInt8], using generator: inout Philox) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
      case 1: if place < bytes.count { bytes[place] = .random(in: 0 ... .max, using: &generator) }
      case 2: bytes.removeSubrange(place...)
      case 3:
        bytes.removeSubrange(place..<min(place + Int.random(in: 1...8, using: &generator), bytes.count))
      case 4: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
      case 5:
        let piece = pieces.randomElement(using: &generator) ?? []
        bytes.replaceSubrange(place..<min(place + piece.count, bytes.count), with: piece)
      case 6:
        bytes += (0..<Int.random(in: 1...16, using: &generator)).map { _ in .random(in: 0 ... .max, using: &generator) }
      default:
        // One digit for another: sizes and offsets that nearly fit.
        let digits = bytes.indices.filter { bytes[$0] >= 0x30 && bytes[$0] <= 0x39 }
        if let digit = digits.randomElement(using: &generator) {
          bytes[digit] = .random(in: 0x30...0x39, using: &generator)
        }
      }
    }
    // Half of the time the count of the header fits again, so that the mutation reaches the parser.
    if Bool.random(using: &generator), bytes.count >= 8, original.count >= 8 {
      let old = Int(original[0]) | Int(original[1]) << 8
      let count = max(min(old + bytes.count - original.count, bytes.count - 8), 0)
      for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: count >> (8 * index)) }
    }
    return bytes
  }

  /// Reads everything of a file and checks what a sound file promises.
  static func accepts(_ bytes: [UInt8]) throws -> Bool {
    let file: SafetensorsFile
    do { file = try SafetensorsTests.read(bytes) } catch {
      _ = error.description
      return false
    }
    var end = bytes.count - file.entries.reduce(0) { $0 + $1.byteCount }
    for entry in file.entries {
      try #require(entry.offset == end)
      end += entry.byteCount
      let read = try file.bytes(entry.name)
      try #require(read == Array(bytes[entry.offset..<end]))
      do { try #require(try file.tensor(entry.name).count == entry.shape.reduce(1, *)) } catch is SafetensorsError {}
    }
    return true
  }

  @Test(arguments: 0..<8) func noBytesStopTheReader(part: Int) throws {
    var generator = Philox(seed: 2024, stream: UInt64(part))
    var accepted = 0
    for index in 0..<15_000 {
      let original = Self.originals[index % Self.originals.count]
      if try Self.accepts(Self.mutated(original, using: &generator)) { accepted += 1 }
    }
    for _ in 0..<1_000 {
      let count = Int.random(in: 0...200, using: &generator)
      _ = try Self.accepts((0..<count).map { _ in .random(in: 0 ... .max, using: &generator) })
    }
    // Mutations must reach behind the first checks, and some are harmless.
    #expect(accepted > 100 && accepted < 14_000)
  }

  @Test func everyTruncationAndEveryFlippedBitIsHandled() throws {
    for original in Self.originals {
      #expect(try Self.accepts(original))
      for count in 0..<original.count { #expect(try !Self.accepts(Array(original[..<count]))) }
      for bit in 0..<original.count * 8 {
        var bytes = original
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        _ = try Self.accepts(bytes)
      }
    }
  }
}
