import GodwitLayers
import GodwitRandom
import GodwitTensor
import Testing

struct MixerKindTests {
  @Test func anUnknownNameListsTheKnown() {
    #expect(MixerKind.names == ["softmax", "linear"])
    #expect(throws: MixerError.unknown(name: "sofmax", known: ["softmax", "linear"])) { try MixerKind(named: "sofmax") }
    let message = "\(MixerError.unknown(name: "sofmax", known: MixerKind.names))"
    #expect(message == "there is no mixer \"sofmax\"; the known ones are softmax, linear")
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

  @Test(arguments: MixerKind.all.map(\.name)) func erasureKeepsNames(name: String) throws {
    var generator = Philox(seed: 1)
    let mixer = try MixerKind(named: name).make(MixerOptions(width: 8, heads: 2), using: &generator)
    let names = ["queryKeyValue.weight", "queryKeyValue.bias", "output.weight", "output.bias"]
    #expect(mixer.namedTensors.map(\.name) == names)
    #expect(mixer.stateGrows == (name == "softmax"))
  }
}
