import Godwit

// swift run -c release TrainInMemory: a gradient, a hundred steps of training, and what the model writes after them.
print(gradient(at: Tensor([1, 2, 3])) { x in (x * x).sum() })

var generator = Philox(seed: 7)
var model = try LanguageModel(LanguageModelConfiguration(width: 64, depth: 2, context: 64), using: &generator)
var optimizer = AdamW(for: model)
let text = String(repeating: "to be or not to be, ", count: 13)
let sequences = Indices(text.utf8.map(Int32.init), shape: [4, 65])
for step in 1...100 {
  var context = ForwardContext(generator: generator)
  let (loss, gradient) = valueWithGradient(at: model) { $0.loss(sequences, context: &context) }
  optimizer.update(&model, along: gradient, learningRate: 3e-3)
  if step % 20 == 0 { print("step \(step): \(loss.item) nats per byte") }
}
let written = TextGenerator(model, prompt: "to be", sampling: try SamplingOptions(temperature: 0.5), seed: 1)
print(String(decoding: Array(written.prefix(40)), as: UTF8.self))

// With a path behind it, the model becomes a run there, for `godwit generate`, `evaluate`, `info` and `train --from`.
if let path = CommandLine.arguments.dropFirst().first { try Run.create(at: path, model: model, steps: 100) }
