import Foundation
import GodwitLayers
import GodwitOptimization
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Synchronization

@testable import GodwitModels

/// A line through noisy points, over inputs that are centred by their running mean.
struct Line: Module {
  var slope: Tensor  // []
  var offset: Tensor  // []
  var mean = Tensor(zeros: [])  // of the inputs of training

  func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let before = context.current(mean)
    if context.isTraining { context.update(mean, to: before * 0.9 + x.mean() * 0.1) }
    return (x - before) * slope + offset
  }

  mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("slope", &slope, .weight)
    visitor.visit("offset", &offset, .bias)
    visitor.visit("mean", &mean, .statistic)
  }
}

/// A task that has nothing of a text: a line fitted by SGD with momentum, judged by R², of which more is better.
struct LineTask: TrainingTask {
  struct Start: Codable, Hashable, Sendable {
    var deviation = 1.0
  }

  struct Points: Codable, Hashable, Sendable {
    var count: Int
    var noise: Double
    var seed: UInt64
  }

  /// Which examples of a batch this worker takes: every one if it is alone.
  var share = 0..<1
  var workers = 1

  static let name = "line"
  static let figures = TaskFigures(
    loss: TaskFigures.Figure("squaredError", unit: "squared units"),
    heldOut: [
      TaskFigures.Figure("rSquared", name: "R²", unit: "share of the variance", isGreaterBetter: true),
      TaskFigures.Figure("meanSquaredError", unit: "squared units"),
    ], rateKey: "pointsPerSecond", unitName: "points")

  /// A point whose y is not a number.
  var spoiltPoint: Int?
  /// Time that passes as it computes, for tests of what takes how long.
  var clock: FakeClock?

  var model = Start()
  var data = Points(count: 400, noise: 0.1, seed: 3)

  static func validate(_ model: Start, _ options: TrainingOptions) throws(TrainingError) {
    do throws(TrainingOptionError) { try options.validate() } catch { throw .option(error) }
  }

  static func makeModel(_ start: Start, using generator: inout some RandomNumberGenerator) throws(TrainingError) -> Line
  {
    Line(
      slope: Tensor(normal: 0, standardDeviation: start.deviation, shape: [], using: &generator),
      offset: Tensor(normal: 0, standardDeviation: start.deviation, shape: [], using: &generator))
  }

  static func makeOptimizer(for model: Line, _ options: TrainingOptions) -> SGD<Line> {
    SGD(for: model, SGDOptions(learningRate: options.learningRate, momentum: 0.5))
  }

  /// The point of a number: [x, y] on y = 3 x − 2 with noise.
  private func point(_ index: Int) -> (x: Double, y: Double) {
    var generator = Philox(seed: data.seed, stream: UInt64(index))
    let x = Double.random(in: 0..<2, using: &generator)
    if index == spoiltPoint { return (x, .nan) }
    return (x, 3 * x - 2 + data.noise * Double.random(in: -1..<1, using: &generator))
  }

  private func tensors(_ points: [(x: Double, y: Double)]) -> (x: Tensor, y: Tensor) {
    (Tensor(points.map(\.x)), Tensor(points.map(\.y)))
  }

  func batch(
    _ options: TrainingOptions, using generator: inout Philox
  ) throws(TrainingError) -> (x: Tensor, y: Tensor) {
    // All workers draw the same batch, and each takes its part.
    let drawn = (0..<options.batch).map { _ in point(Int.random(in: 100..<data.count, using: &generator)) }
    let part = options.batch / workers
    return tensors(Array(drawn[(share.lowerBound * part)..<(share.upperBound * part)]))
  }

  func loss(of model: Line, on batch: (x: Tensor, y: Tensor), context: inout ForwardContext) -> Tensor {
    clock?.pass(1)
    return square(model(batch.x, context: &context) - batch.y).mean()
  }

  func evaluate(
    _ model: Line, _ extent: EvaluationExtent, _ options: TrainingOptions
  ) throws(TrainingError) -> [Double] {
    clock?.pass(10)
    let (x, y) = tensors((0..<100).map(point))
    var context = ForwardContext.evaluation
    let error = square(model(x, context: &context) - y).mean().item
    let variance = square(y - y.mean()).mean().item
    return [1 - error / variance, error]
  }

  func sample(from model: Line, _ options: TrainingOptions) throws(TrainingError) -> String? {
    "y = \(model.slope.item) x + \(model.offset.item)"
  }
}

/// A clock that goes on only when work is done, as fast as `secondsPerWork` says for that time.
final class FakeClock: Sendable {
  private let time = Mutex(0.0)
  private let secondsPerWork: @Sendable (_ time: Double) -> Double

  init(_ secondsPerWork: @escaping @Sendable (_ time: Double) -> Double) { self.secondsPerWork = secondsPerWork }

  var now: Double { time.withLock { $0 } }

  func pass(_ work: Double) { time.withLock { $0 += work * secondsPerWork($0) } }
}
