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
    var refused = 0
    func tryWriting(_ change: (inout [(name: String, dtype: SafetensorsDType, shape: [Int], bytes: [UInt8])]) -> Void)
      throws
    {
      var entries = try file.entries.map {
        (name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: try file.bytes($0.name))
      }
      change(&entries)
      var writer = SafetensorsWriter(metadata: file.metadata)
      for (name, dtype, shape, bytes) in entries { writer.add(name, bytes, dtype: dtype, shape: shape) }
      let lie = folder.path("lie")
      try writer.write(to: lie)
      do throws(StateFileError) {
        var session = try TextSession(model, reading: lie)
        for _ in 0..<3 { _ = session.next() }
      } catch { refused += 1 }
    }
    var tried = 0
    for index in file.entries.indices {
      // Gone; of no elements; of another shape; of another type.
      try tryWriting { $0.remove(at: index) }
      try tryWriting { $0[index] = ($0[index].name, $0[index].dtype, [0], []) }
      try tryWriting { $0[index].shape = [1] + $0[index].shape }
      try tryWriting { entries in
        entries[index].dtype = .uint8
        entries[index].shape = [entries[index].bytes.count]
      }
      try tryWriting { $0.append(("state.other", .float32, [1], [0, 0, 0, 0])) }
      tried += 5
      // Positions that are too many or negative, for what there is to see of them.
      if file.entries[index].dtype == .int32 && mixer == "softmax" {
        for word in [Int32(-1), 5, .max] {
          for place in [0, 4] {
            try tryWriting { entries in
              withUnsafeBytes(of: word) { entries[index].bytes.replaceSubrange(place..<place + 4, with: $0) }
            }
          }
        }
      }
    }
    #expect(refused >= tried)
    for metadata in [[:], ["formatVersion": "2"], file.metadata.merging(["sampler": "{}"]) { $1 }] {
      var writer = SafetensorsWriter(metadata: metadata)
      for entry in file.entries {
        writer.add(entry.name, try file.bytes(entry.name), dtype: entry.dtype, shape: entry.shape)
      }
      try writer.write(to: folder.path("lie"))
      #expect(throws: StateFileError.self) { try TextSession(model, reading: folder.path("lie")) }
    }
  }
}
