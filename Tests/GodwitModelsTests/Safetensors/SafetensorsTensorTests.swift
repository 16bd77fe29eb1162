import Foundation
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct SafetensorsTensorTests {
  static func same(_ a: Tensor, _ b: Tensor) -> Bool {
    // Bits, as NaN and negative zero count too; a NaN's payload may gain its quiet bit in the reference.
    a.shape == b.shape
      && zip(a.floatScalars, b.floatScalars).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
  }

  @Test func theReferenceImplementationsFileIsRead() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let url = tests.appending(path: "Golden/reference.safetensors")
    let file = try SafetensorsFile(reading: url.path)
    #expect(file.metadata == ["format": "pt", "note": "line\nbreak é"])
    #expect(file.names.count == 11)
    let floats = try file.tensor("float32")
    #expect(floats.shape == [2, 3] && floats.dtype == .float32)
    #expect(floats.floatScalars == [1.5, -0.0, .infinity, .leastNonzeroMagnitude, 3.25e38, -7])
    let doubles = try file.tensor("float64")
    #expect(doubles.dtype == .float64)
    #expect(doubles.scalars == [0.1, -.leastNonzeroMagnitude, 1e308])
    #expect(Self.same(try file.tensor("half"), try file.tensor("half.float32")))
    #expect(Self.same(try file.tensor("brain"), try file.tensor("brain.float32")))
    #expect(try file.tensor("scalar").item == 2.5)
    #expect(try file.tensor("empty").shape == [0, 3])
    #expect(try file.tensor("name/with \"quotes\" and é").scalars == [1])
    #expect(try file.bytes("bool") == [1, 0, 1])
    #expect(try file.bytes("int64") == [UInt8](repeating: 0xFF, count: 8) + [0, 0, 0, 0, 0, 0, 0, 0x40])
    #expect(throws: SafetensorsError.unsupported(path: url.path, name: "bool", problem: "holds BOOL, not real numbers"))
    {
      try file.tensor("bool")
    }
  }

  @Test func tensorsSurvive() throws {
    let folder = try TemporaryFolder()
    let tensors: [String: Tensor] = [
      "a": Tensor([1, -0.0, .infinity, .leastNonzeroMagnitude, 5, 6], shape: [2, 3]),
      "b": Tensor([0.1, .leastNonzeroMagnitude], dtype: .float64),
      "c": Tensor(3), "d": Tensor(zeros: [0, 4]), "slice": Tensor(countingTo: 12).reshaped([3, 4])[1],
    ]
    var writer = SafetensorsWriter(metadata: ["version": "1"])
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) { writer.add(name, tensor) }
    try writer.write(to: folder.path("t.safetensors"))
    let file = try SafetensorsFile(reading: folder.path("t.safetensors"))
    #expect(file.metadata == ["version": "1"])
    for (name, tensor) in tensors {
      let read = try file.tensor(name)
      #expect(read.dtype == tensor.dtype && read.shape == tensor.shape)
      #expect(read.scalars.map(\.bitPattern) == tensor.scalars.map(\.bitPattern))
    }
  }

  @Test func theWriterKeepsWhatATensorWas() {
    var tensor = Tensor([1, 2, 3])
    var writer = SafetensorsWriter()
    writer.add("x", tensor)
    tensor.withMutablePointer { $0.storeBytes(of: 9, as: Float.self) }
    var other = SafetensorsWriter()
    other.add("x", Tensor([1, 2, 3]))
    #expect(writer.bytes() == other.bytes())
  }

  static let shapes = [
    ("F32", "[1,1,1,1,1,1,1,1,1]", 4), ("F32", "[0,2147483648]", 0), ("F16", "[0,4294967296,8]", 0),
    ("F8_E4M3", "[1]", 1),
  ]

  @Test(arguments: shapes.indices) func shapesThatNoTensorHasAreErrors(index: Int) throws {
    let (dtype, shape, count) = Self.shapes[index]
    let json = SafetensorsTests.entry(dtype, shape, "[0,\(count)]")
    let file = try SafetensorsTests.read(SafetensorsTests.file(json, data: count))
    let error = #expect(throws: SafetensorsError.self) { try file.tensor("x") }
    #expect("\(String(describing: error))".contains("convert it to F32"))
  }

  @Test func anEmptyTensorOfGreatExtentsHasItsShape() throws {
    let json = SafetensorsTests.entry("F32", "[0,2147483647,3,5]", "[0,0]")
    let tensor = try SafetensorsTests.read(SafetensorsTests.file(json)).tensor("x")
    #expect(tensor.shape == [0, 2_147_483_647, 3, 5] && tensor.scalars.isEmpty)
  }
}
