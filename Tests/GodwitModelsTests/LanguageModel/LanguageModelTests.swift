import GodwitLayers
import GodwitModels
import GodwitOptimization
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct LanguageModelTests {
  @Test(arguments: LanguageModelFormsTests.configurations)
  func aNewModelKnowsNothing(configuration: LanguageModelConfiguration) throws {
    var generator = Philox(seed: 1)
    let model = try LanguageModel(configuration, using: &generator)
    var context = ForwardContext.evaluation
    let loss = model.loss(LanguageModelFormsTests.text(4, 33), context: &context).item
    #expect(abs(loss - 5.545177) < 0.02)
  }

  @Test(arguments: LanguageModelFormsTests.configurations)
  func everyTensorIsVisitedAndHasAGradient(configuration: LanguageModelConfiguration) throws {
    let model = try LanguageModelFormsTests.model(configuration)
    #expect(auditViolations(model) == [])
    #expect(auditViolations(model.initialState(batch: 1)) == [])
    let gradient = gradient(at: model) {
      var context = ForwardContext.evaluation
      return $0.loss(LanguageModelFormsTests.text(2, 34), context: &context)
    }
    for (name, tensor, _) in gradient.namedTensors { #expect(square(tensor).sum().item > 0, "\(name)") }
  }

  @Test(arguments: LanguageModelFormsTests.configurations)
  func learnsOneBatchByHeart(configuration: LanguageModelConfiguration) throws {
    var generator = Philox(seed: 1)
    var model = try LanguageModel(configuration, using: &generator)
    var optimizer = AdamW(for: model, AdamWOptions(learningRate: 1e-2))
    let tokens = LanguageModelFormsTests.text(2, 17)
    var losses: [Double] = []
    for _ in 0..<60 {
      let (loss, gradient) = valueWithGradient(at: model) {
        var context = ForwardContext.evaluation
        return $0.loss(tokens, context: &context)
      }
      losses.append(loss.item)
      optimizer.update(
        &model, along: gradient, gradientScale: clippingScale(norm: globalNorm(gradient), maximumNorm: 1))
    }
    #expect(losses.last! < 1, "\(losses)")
  }

  @Test func dropoutActsInTrainingOnly() throws {
    var configuration = LanguageModelFormsTests.configurations[0]
    configuration.dropout = 0.5
    let model = try LanguageModelFormsTests.model(configuration)
    let tokens = LanguageModelFormsTests.text(1, 20)
    var evaluation = ForwardContext.evaluation
    var training = ForwardContext(generator: Philox(seed: 1))
    var same = training
    let dropped = model(tokens, context: &training).scalars
    #expect(dropped == model(tokens, context: &same).scalars)
    #expect(dropped != model(tokens, context: &training).scalars)
    #expect(model(tokens, context: &evaluation).scalars != dropped)
  }

  @Test func theNumberOfParametersIsTheSumOfTheParts() throws {
    var generator = Philox(seed: 1)
    let (d, f, layers) = (16, 64, 3)
    let full = LanguageModelConfiguration(width: d, depth: layers, heads: 2, context: 40, positions: .learned)
    let block = 4 * d * d + 4 * d + 2 * d * f + f + d + 4 * d
    #expect(
      try LanguageModel(full, using: &generator).parameterCount == 256 * d + 40 * d + layers * block + 2 * d + d * 256
        + 256)
    let small = LanguageModelConfiguration(
      mixer: "softmax", width: d, depth: layers, heads: 4, keyHeads: 1, feedForward: .swiglu, norm: .rms,
      tiedHead: true,
      bias: false)
    let grouped = d * (d + 2 * d / 4) + d * d + 3 * d * 48 + 2 * d
    #expect(try LanguageModel(small, using: &generator).parameterCount == 256 * d + layers * grouped + d)
  }

  @Test func weightsStartAsInGPT2() throws {
    var generator = Philox(seed: 1)
    let model = try LanguageModel(LanguageModelConfiguration(width: 128, depth: 8), using: &generator)
    for (name, tensor, role) in model.namedTensors {
      let deviation = square(tensor).mean().item.squareRoot()
      switch role {
      case .embedding, .weight:
        let residual = name.hasSuffix("output.weight") || name.hasSuffix("down.weight")
        #expect(abs(deviation / (residual ? 0.005 : 0.02) - 1) < 0.05, "\(name)")
      case .bias: #expect(deviation == 0, "\(name)")
      case .scale: #expect(deviation == 1, "\(name)")
      case .dynamics, .constant, .statistic: Issue.record("\(name) of an unexpected role")
      }
    }
  }
}
