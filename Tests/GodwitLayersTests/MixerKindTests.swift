import GodwitLayers
import GodwitRandom
import GodwitTensor
import Testing

struct MixerKindTests {
  @Test func anUnknownNameListsTheKnown() {
    #expect(throws: MixerError.unknown(name: "sofmax", known: MixerKind.names)) { try MixerKind(named: "sofmax") }
    let message = "\(MixerError.unknown(name: "sofmax", known: MixerKind.names))"
    #expect(message.hasPrefix("there is no mixer \"sofmax\"; the known ones are softmax, linear, "))
  }

  @Test func settingsStandBehindTheName() throws {
    let kind = try MixerKind(named: "flash:chunk=64,expansion=1")
    #expect(kind.name == "flash:expansion=1,chunk=64")
    #expect(try MixerKind(named: kind.name).name == kind.name)
    var generator = Philox(seed: 1)
    let mixer = try #require(
      try kind.make(MixerOptions(width: 16), using: &generator).base as? FLASH)
    #expect(mixer.chunk == 64 && mixer.projections.output.weight.shape == [16, 16])
  }

  @Test(arguments: [
    ("linear:window=3", "the mixer linear has no setting \"window\"; it has none"),
    ("flash:window=3", "the mixer flash has no setting \"window\"; the known ones are expansion, keyWidth, chunk, "),
    ("flash:chunk=0", "chunk of the mixer flash is \"0\"; expected a whole number from 1 to 65536"),
    ("flash:chunk=two", "chunk of the mixer flash is \"two\"; expected a whole number"),
    ("flash:chunk", "chunk of the mixer flash is \"\"; expected a whole number"),
    ("flash:chunk=2,chunk=3", "chunk of the mixer flash is \"3\"; expected it to be set once"),
    ("flash:", "the mixer flash has no setting \"\""),
    ("gau:keyWidth=3", "keyWidth of the mixer gau is \"3\"; expected an even number for rotary positions"),
  ]) func impossibleSettingsAreErrors(name: String, message: String) {
    let error = #expect(throws: MixerError.self) {
      var generator = Philox(seed: 1)
      _ = try MixerKind(named: name).make(MixerOptions(width: 16, rotary: true), using: &generator)
    }
    #expect("\(error!)".hasPrefix(message))
  }

  @Test func impossibleOptionsAreErrors() throws {
    var generator = Philox(seed: 1)
    let softmax = try MixerKind(named: "softmax")
    for options in [
      MixerOptions(width: 16, heads: 3), MixerOptions(width: 16, heads: 0), MixerOptions(width: 0, heads: 1),
      MixerOptions(width: 16, heads: 4, keyHeads: 3), MixerOptions(width: 16, heads: 4, keyHeads: 0),
      MixerOptions(width: 12, heads: 4, rotary: true), MixerOptions(width: -8, heads: -2),
    ] {
      #expect(throws: MixerError.self) { try softmax.make(options, using: &generator) }
    }
    let linear = try MixerKind(named: "linear")
    let expected = "4, as each head of the mixer linear has keys and values of its own"
    #expect(throws: MixerError.impossible("keyHeads", found: 2, expected: expected)) {
      try linear.make(MixerOptions(width: 16, heads: 4, keyHeads: 2), using: &generator)
    }
  }

  @Test func erasureKeepsNames() throws {
    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 8, heads: 2)
    let mixer = try MixerKind(named: "linear").make(options, using: &generator)
    #expect(mixer.namedTensors.map(\.name) == LinearAttention(options, using: &generator).namedTensors.map(\.name))
    #expect(!mixer.stateGrows)
    #expect(try MixerKind(named: "softmax").make(options, using: &generator).stateGrows)
  }
}
