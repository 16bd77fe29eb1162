import GodwitLayers
import GodwitRandom
import GodwitTensor
import Testing

/// A mixer with settings of all three types: yₜ = factor · xₜ, or its opposite, shifted by some positions.
private struct Scaled: ConfigurableMixer, PositionwiseLayer {
  var factor: Tensor

  static let factor = MixerSetting("factor", "what multiplies", standard: 0.5, range: -2...2)
  static let sign = MixerSetting("sign", "which way", standard: "plus", choices: ["plus", "minus"])
  static let times = MixerSetting("times", "how often", standard: 1, range: 0...3)

  init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    let value = options[number: Self.factor] * Double(options[whole: Self.times])
    factor = Tensor([options[choice: Self.sign] == "plus" ? value : -value])
  }

  static var name: String { "scaled" }
  static var summary: String { "a factor" }
  static var settings: [MixerSetting] { [factor, sign, times] }
  static var supportsRotary: Bool { false }
  func callAsFunction(_ x: Tensor) -> Tensor { x * factor }
  mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit("factor", &factor, .scale) }
}

/// Another of the same name.
private struct Impostor: ConfigurableMixer, PositionwiseLayer {
  init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {}
  static var name: String { "linear" }
  static var summary: String { "" }
  static var supportsRotary: Bool { false }
  func callAsFunction(_ x: Tensor) -> Tensor { x }
  mutating func visit(_ visitor: inout some TensorVisitor) {}
}

private struct Unwritable: ConfigurableMixer, PositionwiseLayer {
  init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {}
  static var name: String { "a,b" }
  static var summary: String { "" }
  static var supportsRotary: Bool { false }
  func callAsFunction(_ x: Tensor) -> Tensor { x }
  mutating func visit(_ visitor: inout some TensorVisitor) {}
}

struct MixerPatternTests {
  @Test(arguments: [
    ("linear", ["linear"]), ("linear,softmax", ["linear", "softmax"]),
    ("flash:chunk=64,local=0,softmax", ["flash:chunk=64,local=0", "softmax"]),
    ("local:window=4,local:window=8", ["local:window=4", "local:window=8"]),
  ]) func settingsBelongToTheNameBeforeThem(text: String, names: [String]) throws {
    let pattern = try MixerPattern(named: text)
    #expect(pattern.kinds.map(\.name) == names)
    #expect(pattern[names.count].name == names[0])
  }

  @Test(arguments: [
    "", ",", "linear,", ",linear", "window=3", "linear,window=3", "x,linear", "local:window=4,window=5",
  ])
  func whatIsNoListIsAnError(text: String) {
    #expect(throws: MixerError.self) { try MixerPattern(named: text) }
  }

  @Test(arguments: [
    ("local,window=3", "local:window=128"), ("local=3", "local:window=128"), ("local window=3", "local:window=128"),
    ("softmax,flash,chunk=8", "flash:expansion=2"), ("linear,window=3", "linear has none"),
    ("linear,softmax,window=3", "softmax has none"),
  ]) func settingsWithoutAColonAreExplained(text: String, expected: String) {
    let error = #expect(throws: MixerError.self) { try MixerPattern(named: text) }
    #expect("\(error!)".contains("settings stand behind a colon"))
    #expect("\(error!)".contains(expected))
  }

  /// In a process of its own, as what is registered is known to all tests of this one.
  @Test func settingsHaveTypes() async {
    await #expect(processExitsWith: .success) {
      let kind = MixerKind(Scaled.self)
      var generator = Philox(seed: 1)
      let options = MixerOptions(width: 2)
      #expect(try kind.make(options, using: &generator).tensors[0].item == 0.5)
      // Registering twice changes nothing; the name is known from then on.
      try MixerKind.register(Scaled.self)
      try MixerKind.register(Scaled.self)
      #expect(MixerKind.names.filter { $0 == "scaled" }.count == 1)
      let named = try MixerKind(named: "scaled:factor=1.5,sign=minus,times=2")
      #expect(named.name == "scaled:factor=1.5,sign=minus,times=2")
      #expect(try named.make(options, using: &generator).tensors[0].item == -3)
      #expect(named.value(ofSetting: "sign") == .choice("minus"))
      for (text, expected) in [
        ("factor=3", "a number from -2.0 to 2.0"), ("factor=nan", "a number"), ("sign=both", "plus or minus"),
        ("times=1.5", "a whole number from 0 to 3"), ("times=", "a whole number"), ("factor=1,factor=1", "set once"),
      ] {
        let error = #expect(throws: MixerError.self) { try MixerKind(named: "scaled:" + text) }
        #expect("\(error!)".contains(expected), "\(text)")
      }
    }
  }

  @Test func namesAreTakenOnce() {
    #expect(throws: MixerError.taken(name: "linear")) { try MixerKind.register(Impostor.self) }
    #expect(throws: MixerError.impossibleName("a,b")) { try MixerKind.register(Unwritable.self) }
  }
}
