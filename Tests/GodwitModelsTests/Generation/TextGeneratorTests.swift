import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct TextGeneratorTests {
  /// A model with random but decided opinions.
  static func model(_ mixer: String, positions: PositionEncoding? = nil, context: Int = 24) throws -> LanguageModel {
    var generator = Philox(seed: 2)
    let configuration = LanguageModelConfiguration(
      mixer: mixer, width: 16, depth: 2, heads: 2, context: context, positions: positions)
    return try LanguageModel(configuration, using: &generator).mapTensors { $0 * 4 }
  }

  static let prompt = Array(SmallRun.words(count: 1300, seed: 4))

  @Test(arguments: ["linear", "softmax"]) func bytesFollowTheDistribution(mixer: String) throws {
    // What is drawn must be what a model gives that reads the whole text again for each byte.
    let model = try Self.model(mixer)
    var text = Array("over ".utf8)
    let generated = Array(TextGenerator(model, prompt: text, seed: 9).prefix(40))
    var sampler = ByteSampler(SamplingOptions(), seed: 9)
    for byte in generated {
      var state = model.initialState(batch: 1)
      let logits = model.chunk(Indices(text.map { Int32($0) }, shape: [1, text.count]), state: &state)
      let last = logits.reshaped([text.count, 256]).slice((text.count - 1)..<text.count, along: 0)
      #expect(sampler.draw(from: last.floatScalars) == byte)
      text.append(byte)
    }
  }

  @Test(arguments: ["linear", "softmax"]) func theSeedDecides(mixer: String) throws {
    let model = try Self.model(mixer)
    func text(_ seed: UInt64) -> [UInt8] { Array(TextGenerator(model, prompt: "a", seed: seed).prefix(60)) }
    #expect(text(1) == text(1))
    #expect(text(1) != text(2))
  }

  @Test func aCopyGoesOnByItself() throws {
    var first = TextGenerator(try Self.model("linear"), prompt: "a", seed: 1)
    for _ in 0..<10 { _ = first.next() }
    var second = first
    let bytes = (0..<30).map { _ in first.next() }
    #expect((0..<30).map { _ in second.next() } == bytes)
  }

  @Test func severalModelsMayRunAtOnce() async throws {
    let models = try ["linear", "softmax", "linear", "softmax"].map { try Self.model($0) }
    let texts = models.indices.map { index in
      Array(TextGenerator(models[index], prompt: Self.prompt, seed: UInt64(index)).prefix(50))
    }
    let together = await withTaskGroup(of: (Int, [UInt8]).self) { group in
      for index in models.indices {
        group.addTask {
          (index, Array(TextGenerator(models[index], prompt: Self.prompt, seed: UInt64(index)).prefix(50)))
        }
      }
      return await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
    }
    for index in models.indices { #expect(together[index] == texts[index]) }
  }

  @Test func longPromptsAreReadInChunks() throws {
    let model = try Self.model("linear")
    let generated = Array(
      TextGenerator(model, prompt: Self.prompt, sampling: try SamplingOptions(temperature: 0)).prefix(5))
    var reader = TextReader(model)
    var logits: [Float] = []
    for byte in Self.prompt { logits = reader.read(byte).floatScalars }
    var sampler = ByteSampler(try SamplingOptions(temperature: 0), seed: 0)
    #expect(sampler.draw(from: logits) == generated[0])
  }

  @Test(arguments: [1, 23, 24, 25, 600]) func learnedPositionsDoNotEndTheText(promptLength: Int) throws {
    let model = try Self.model("softmax", positions: .learned)
    let prompt = Self.prompt.prefix(promptLength)
    let generated = Array(TextGenerator(model, prompt: prompt, seed: 5).prefix(100))
    #expect(generated.count == 100)
    #expect(generated == Array(TextGenerator(model, prompt: prompt, seed: 5).prefix(100)))
  }

  /// Where the context is full, its latter half is what the model still knows, and from there on all until it is full again.
  @Test(arguments: ["softmax", "local:window=3", "linear"], [1, 2, 5, 7, 24])
  func afterItsContextTheModelKnowsTheLatterHalf(mixer: String, context: Int) throws {
    let model = try Self.model(mixer, positions: .learned, context: context)
    let text = Array(Self.prompt.prefix(3 * context + 2))
    var reader = TextReader(model)
    var known = 0
    for (index, byte) in text.enumerated() {
      known = known < context ? known + 1 : context / 2 + 1
      let logits = reader.read(byte)
      let last = text[...index].suffix(known)
      var state = model.initialState(batch: 1)
      let expected = model.chunk(Indices(last.map { Int32($0) }, shape: [1, known]), state: &state)
      let wanted = expected.reshaped([known, 256]).slice((known - 1)..<known, along: 0).reshaped([256])
      expectClose(logits.reshaped([256]), wanted, tolerance: Tolerance.mixer(.float32), "byte \(index)")
    }
    // At once as step by step.
    var whole = TextReader(model)
    whole.read(text, check: {}, { _, _ in })
    #expect(whole.recent == reader.recent)
  }

  @Test func anEmptyPromptBeginsALine() throws {
    let model = try Self.model("linear")
    #expect(Array(TextGenerator(model).prefix(20)) == Array(TextGenerator(model, prompt: "\n").prefix(20)))
  }
}
