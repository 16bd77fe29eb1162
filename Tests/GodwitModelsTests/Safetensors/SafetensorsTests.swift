import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct SafetensorsTests {
  /// A file of this header and so many bytes of data.
  static func file(_ json: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let count = length ?? UInt64(json.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + Array(json.utf8)
      + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
  }

  static func read(_ bytes: [UInt8]) throws(SafetensorsError) -> SafetensorsFile {
    try SafetensorsFile(source: MemorySource(bytes: bytes), path: "x")
  }

  static let sound: [(json: String, data: Int, names: [String])] = [
    ("{}", 0, []),
    ("{}    ", 0, []),
    (#"{"__metadata__":{"a":"b"}}"#, 0, []), (#"{"__metadata__": null}"#, 0, []),
    (
      #"{"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"a":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}}"#,
      12, ["a", "b"]
    ),
    (#"{"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}"#, 8, ["s"]),
    (#"{"e":{"dtype":"F64","shape":[0,5],"data_offsets":[0,0]}}"#, 0, ["e"]),
    (#"{"f":{"dtype":"F4","shape":[2,3],"data_offsets":[0,3]}}"#, 3, ["f"]),
    (#"{"x":{"extra":[{"a":[1.5e-3,null,true]}],"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, ["x"]),
    ("{ \"\\u00e9\\ud83d\\ude00\" : {\n\"dtype\":\t\"U8\", \"shape\":[ 1 ],\r\"data_offsets\":[0, 1]} }", 1, ["é😀"]),
  ]

  @Test(arguments: sound.indices) func soundFilesAreRead(index: Int) throws {
    let (json, data, names) = Self.sound[index]
    let file = try Self.read(Self.file(json, data: data))
    #expect(file.names == names)
    for name in names { _ = try file.bytes(name) }
  }

  static func entry(_ dtype: String = "U8", _ shape: String = "[1]", _ offsets: String = "[0,1]") -> String {
    #"{"x":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  /// Headers that are wrong, the bytes behind them, and a part of the message.
  static let wrong: [(json: String, data: Int, message: String)] = [
    ("", 20, "claims"), ("  {}", 0, "expected '{'"), ("[]", 0, "expected '{'"), ("{", 1, "claims 3"),
    ("{}x", 0, "expected the end"),
    ("{}\u{0}", 0, "expected the end"), (#"{"a"}"#, 0, "expected ':'"), (#"{"a":{},}"#, 0, "without dtype"),
    (#"{"a":1}"#, 0, "expected '{'"), (#"{"__metadata__":{"a":1}}"#, 0, "expected '\"'"),
    (#"{"__metadata__":{"a":"b","a":"c"}}"#, 0, "occurs twice"),
    (#"{"__metadata__":{},"__metadata__":{}}"#, 0, "occurs twice"),
    (#"{"__metadata__":null,"__metadata__":null}"#, 0, "occurs twice"),
    (#"{"__metadata__":nul}"#, 0, "expected a value"),
    (#"{"x":null}"#, 0, "expected '{'"),
    (#"{"x":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, "occurs twice"),
    (
      #"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2,
      "occurs twice"
    ),
    (entry("F31"), 1, "unknown dtype"), (entry("U8", "[-1]"), 1, "not negative"),
    (entry("U8", "[1.0]"), 1, "whole number"),
    (entry("U8", "[1e0]"), 1, "whole number"), (entry("U8", "[01]"), 1, "starts with 0"),
    (entry("U8", "1"), 1, "expected '['"),
    (entry("U8", "[9223372036854775808]"), 1, "64 bits"), (entry("U8", "[99999999999999999999999999]"), 1, "64 bits"),
    (entry("U8", "[4294967296,4294967296]"), 1, "too great"), (entry("F64", "[1152921504606846976]"), 1, "too great"),
    (entry("U8", "[0,4294967296,4294967296]", "[0,0]"), 0, "too great"),
    (entry("F4", "[1]"), 1, "no whole"), (entry("F32", "[1]"), 1, "needs 4 bytes"),
    (entry("U8", "[2]"), 1, "needs 2 bytes"),
    (entry("U8", "[1]", "[1,0]"), 1, "begin and an end"), (entry("U8", "[1]", "[0]"), 1, "begin and an end"),
    (entry("U8", "[1]", "[0,1,2]"), 1, "begin and an end"), (entry("U8", "[1]", "[1,2]"), 2, "belong to none"),
    (entry("U8", "[1]", "[0,1]"), 0, "end at 1 of 0"), (entry("U8", "[1]", "[0,1]"), 2, "tensors end at byte 1"),
    (entry("U8", "[1]", "[0,9223372036854775807]"), 1, "needs 1 bytes"),
    (
      #"{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3,
      "overlap"
    ),
    (#"{"x":{"shape":[1],"data_offsets":[0,1]}}"#, 1, "without dtype"), (#"{"\q":{}}"#, 0, "unknown escape"),
    (#"{"\ud800":{}}"#, 0, "surrogate"), (#"{"\ud800\u0041":{}}"#, 0, "surrogate"), (#"{"\udc00":{}}"#, 0, "surrogate"),
    (#"{"\u12g4":{}}"#, 0, "hexadecimal"), ("{\"\n\":{}}", 0, "control character"), (#"{"abc"#, 2, "claims"),
    ("{\"x\":{\"a\":" + String(repeating: "[", count: 100_000), 0, "nested deeper"),
    (#"{"x":{"a":00}}"#, 0, "expected a value"), (#"{"x":{"a":-}}"#, 0, "expected a value"),
    (#"{"x":{"a":1.}}"#, 0, "expected a value"), (#"{"x":{"a":tru}}"#, 0, "expected a value"),
  ]

  @Test(arguments: wrong.indices) func wrongFilesAreRefusedWithTheReason(index: Int) throws {
    let (json, data, message) = Self.wrong[index]
    let length: UInt64? = message.hasPrefix("claims") ? UInt64(json.utf8.count + data + 1) : nil
    let error = try #require(throws: SafetensorsError.self) {
      try Self.read(Self.file(json, data: data, length: length))
    }
    #expect("\(error)".contains(message), "\(error)")
    #expect("\(error)".hasSuffix("again"), "a remedy: \(error)")
  }

  @Test func lengthsBeyondAllMeasureAreRefused() {
    for length in [UInt64.max, 1 << 63, 100_000_001, 3] {
      #expect(throws: SafetensorsError.headerLength(path: "x", found: length, available: 2)) {
        try Self.read(Self.file("{}", length: length))
      }
    }
    for count in 0..<10 {
      #expect(throws: SafetensorsError.tooShort(path: "x", found: count)) {
        try Self.read([UInt8](repeating: 0, count: count))
      }
    }
  }

  @Test func stringsThatAreNotUTF8AreRefused() {
    var bytes = Self.file(#"{"__metadata__":{"a":"b"}}"#)
    bytes[bytes.count - 4] = 0xFF
    #expect(throws: SafetensorsError.header(path: "x", offset: 22, problem: "a string is not UTF-8")) {
      try Self.read(bytes)
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let folder = try TemporaryFolder()
    var writer = SafetensorsWriter(metadata: ["format": "godwit", "odd \"\\\n\u{1}é😀": "\u{0}"])
    let contents: [(String, SafetensorsDType, [Int])] = [
      ("bytes", .uint8, [3]), ("a/b \"c\"", .float64, [2, 1]), ("half", .float16, [5]), ("none", .float32, [0, 7]),
      ("six", .float6e2m3, [4]),
      ("scalar", .int64, []),
    ]
    var expected: [String: [UInt8]] = [:]
    for (index, (name, dtype, shape)) in contents.enumerated() {
      let count = shape.reduce(dtype.bitCount, *) / 8
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 31 * $0 + index) }
      expected[name] = bytes
      writer.add(name, bytes, dtype: dtype, shape: shape)
    }
    try writer.write(to: folder.path("a.safetensors"))
    #expect(try folder.bytes("a.safetensors") == writer.bytes())
    let file = try SafetensorsFile(reading: folder.path("a.safetensors"))
    #expect(file.metadata == writer.metadata)
    #expect(Set(file.names) == Set(expected.keys))
    for (name, dtype, shape) in contents {
      let entry = try #require(file[name])
      #expect(entry.dtype == dtype && entry.shape == shape)
      #expect(entry.offset % max(dtype.bitCount / 8, 1) == 0, "\(name) is aligned")
      #expect(try file.bytes(name) == expected[name])
    }
  }

  /// é as one code point and as two, which `String` takes for the same; an accent behind the slash or the point before it.
  @Test func namesAreTheirBytes() throws {
    let names = ["\u{E9}", "e\u{301}", "K", "\u{212A}", "a/\u{301}"]
    var writer = SafetensorsWriter()
    for (index, name) in names.enumerated() {
      writer.metadata[name] = "\(index)"
      writer.add(name, [UInt8(index)], dtype: .uint8, shape: [1])
    }
    let file = try Self.read(writer.bytes())
    #expect(file.metadata.names.count == names.count)
    for (index, name) in names.enumerated() {
      #expect(try file.bytes(name) == [UInt8(index)])
      #expect(file.metadata[name] == "\(index)")
    }
    #expect(file["a\u{301}"] == nil)
    let one = try Self.read(Self.file("{\"\u{E9}\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"))
    let error = #expect(throws: SafetensorsError.self) { try one.bytes("e\u{301}") }
    #expect(error.map { "\($0)".contains("the same letters in other bytes?") } == true)
  }

  @Test func aMissingTensorIsNamedWithItsNearest() throws {
    let file = try Self.read(Self.file(#"{"weight":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#))
    #expect(throws: SafetensorsError.noTensor(path: "x", name: "wieght", nearest: "weight")) {
      try file.bytes("wieght")
    }
    #expect(throws: SafetensorsError.noTensor(path: "x", name: "q", nearest: nil)) { try file.bytes("q") }
  }

  @Test func aFileThatShrinksIsAnError() throws {
    let folder = try TemporaryFolder()
    let bytes = Self.file(Self.entry("U8", "[100]", "[0,100]"), data: 100)
    let path = try folder.write("a", bytes)
    let file = try SafetensorsFile(reading: path)
    #expect(truncate(path, off_t(bytes.count - 30)) == 0)
    #expect(throws: SafetensorsError.shortened(path: path, expected: bytes.count, found: bytes.count - 30)) {
      try file.bytes("x")
    }
  }

  @Test func whatIsNoFileIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path
    #expect(throws: SafetensorsError.file(FileError(.open, path, code: EISDIR))) { try SafetensorsFile(reading: path) }
    let missing = folder.path("none")
    #expect(throws: SafetensorsError.file(FileError(.open, missing, code: ENOENT))) {
      try SafetensorsFile(reading: missing)
    }
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    #expect(throws: SafetensorsError.file(FileError(.open, folder.path("pipe"), code: ENODEV))) {
      try SafetensorsFile(reading: folder.path("pipe"))
    }
  }

  @Test func aFileOfHolesDoesNotEatTheMemory() throws {
    let folder = try TemporaryFolder()
    let size = 1 << 42
    let path = try folder.write("a", Self.file(Self.entry("U8", "[\(size)]", "[0,\(size)]")))
    let total = try folder.bytes("a").count + size
    try #require(truncate(path, off_t(total)) == 0)
    let file = try SafetensorsFile(reading: path)
    let error = #expect(throws: SafetensorsError.self) { try file.bytes("x") }
    #expect("\(String(describing: error))".contains("needs \(size) bytes"))
  }
}
