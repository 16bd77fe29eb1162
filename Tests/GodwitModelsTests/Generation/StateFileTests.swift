import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct StateFileTests {
  @Test(arguments: MixerKind.names) func aStateOfSeveralTextsIsReadBitForBit(mixer: String) throws {
    let model = try TextGeneratorTests.model(mixer)
    let states = [0, 3, 40].map { count in
      var state = model.initialState(batch: 1)
      let bytes = TextGeneratorTests.prompt.prefix(count).map { Int32($0) }
      if count > 0 { _ = model.chunk(Indices(bytes, shape: [1, count]), state: &state) }
      return state
    }
    let state = LanguageModelState.joined(states)
    let folder = try TemporaryFolder()
    let path = folder.path("state")
    try state.write(to: path, fingerprint: model.fingerprint, bytesRead: 43)
    let read = try LanguageModelState.read(
      path, fingerprint: model.fingerprint, initial: model.initialState(batch: 3))
    #expect(read.state == state && read.bytesRead == 43)
    #expect(throws: StateFileError.self) {
      try LanguageModelState.read(path, fingerprint: model.fingerprint, initial: model.initialState(batch: 2))
    }
    #expect(throws: StateFileError.otherModel(path: path, expected: "0", found: model.fingerprint)) {
      try LanguageModelState.read(path, fingerprint: "0", initial: model.initialState(batch: 3))
    }
  }

  /// Files whose leaves contradict each other, their names or the model, each of them a sound safetensors file.
  @Test(arguments: ["linear", "softmax", "local", "flash"]) func filesThatLieAreErrors(mixer: String) throws {
    let model = try TextGeneratorTests.model(mixer)
    var session = TextSession(model, seed: 1)
    session.read(TextGeneratorTests.prompt.prefix(30))
    let folder = try TemporaryFolder()
    let path = folder.path("state")
    try session.write(to: path)
    let file = try SafetensorsFile(reading: path)
    typealias Entry = (name: String, dtype: SafetensorsDType, shape: [Int], bytes: [UInt8])
    func expectRefused(_ lie: String, _ change: (inout [Entry]) -> Void) throws {
      var entries: [Entry] = try file.entries.map { ($0.name, $0.dtype, $0.shape, try file.bytes($0.name)) }
      change(&entries)
      var writer = SafetensorsWriter(metadata: file.metadata)
      for (name, dtype, shape, bytes) in entries { writer.add(name, bytes, dtype: dtype, shape: shape) }
      try writer.write(to: folder.path("lie"))
      #expect(throws: StateFileError.self, "\(lie)") { try TextSession(model, reading: folder.path("lie")) }
    }
    try expectRefused("a leaf too many") { $0.append(("state.other", .float32, [1], [0, 0, 0, 0])) }
    for (index, entry) in file.entries.enumerated() {
      try expectRefused("\(entry.name) is gone") { $0.remove(at: index) }
      try expectRefused("\(entry.name) of another rank") { $0[index].shape = [1] + entry.shape }
      try expectRefused("\(entry.name) of another type") {
        $0[index] = (entry.name, .uint8, [entry.byteCount], $0[index].bytes)
      }
      if entry.shape != [0] {
        try expectRefused("\(entry.name) without elements") { $0[index] = (entry.name, entry.dtype, [0], []) }
      }
      // Positions of another count than bytes were read or keys are kept.
      guard entry.dtype == .int32 && (entry.name == "state.position" || mixer == "softmax") else { continue }
      for word in [Int32(-1), 5, .max] {
        for place in [0, 4] {
          try expectRefused("\(entry.name) with \(word) at byte \(place)") {
            let bytes = withUnsafeBytes(of: word) { Array($0) }
            $0[index].bytes.replaceSubrange(place..<place + 4, with: bytes)
          }
        }
      }
    }
    var noSampler = file.metadata
    noSampler["sampler"] = "{}"
    for metadata: SafetensorsMetadata in [[:], ["formatVersion": "3"], noSampler] {
      var writer = SafetensorsWriter(metadata: metadata)
      for entry in file.entries {
        writer.add(entry.name, try file.bytes(entry.name), dtype: entry.dtype, shape: entry.shape)
      }
      try writer.write(to: folder.path("lie"))
      #expect(throws: StateFileError.self) { try TextSession(model, reading: folder.path("lie")) }
    }
  }
}
