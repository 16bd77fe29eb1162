import GodwitRandom
import GodwitTensor
import Testing

@testable import GodwitModels

@Suite struct TextEvaluatorTests {
  private let text = TextGeneratorTests.prompt

  private func bitsPerByte(_ model: LanguageModel, pieces: [Int]) -> Double {
    var evaluator = TextEvaluator(model)
    var rest = text[...]
    for piece in pieces {
      evaluator.read(rest.prefix(piece))
      rest = rest.dropFirst(piece)
    }
    evaluator.read(rest)
    #expect(evaluator.byteCount == text.count)
    return evaluator.bitsPerByte
  }

  @Test(arguments: [("linear", nil), ("softmax", nil), ("softmax", .learned)] as [(String, PositionEncoding?)])
  func piecesMakeNoDifference(mixer: String, positions: PositionEncoding?) throws {
    let model = try TextGeneratorTests.model(mixer, positions: positions)
    let whole = bitsPerByte(model, pieces: [])
    #expect(whole > 1)
    for pieces in [[1], [0, 1, 1, 1], [511, 2, 512], [7, 24, 600]] {
      #expect(abs(bitsPerByte(model, pieces: pieces) - whole) < 1e-4 * whole)
    }
  }

  @Test func everyByteIsPredictedFromAllBeforeIt() throws {
    let model = try TextGeneratorTests.model("linear")
    let text = Array(self.text.prefix(90))
    var state = model.initialState(batch: 1)
    let read = [TextStart.byte] + text.dropLast()
    let logits = model.chunk(Indices(read.map { Int32($0) }, shape: [1, 90]), state: &state)
    let losses = crossEntropy(logits, Indices(text.map { Int32($0) }, shape: [1, 90]))
    #expect(abs(model.bitsPerByte(of: text) - bits(nats: losses.mean().item)) < 1e-4)
  }

  @Test func nothingHasNoLoss() throws {
    var evaluator = TextEvaluator(try TextGeneratorTests.model("linear"))
    evaluator.read([])
    #expect(evaluator.bitsPerByte == 0)
    #expect(evaluator.byteCount == 0)
  }
}
