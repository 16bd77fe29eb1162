import Foundation
import GodwitModels
import GodwitTensor
import GodwitTestSupport
import Testing

/// Expects the output and all gradients of a layer with the parameters of a file in `Golden`.
func expectGolden<Layer: Module>(
  _ name: String, _ layer: Layer, _ dtype: DType, sourceLocation: SourceLocation = #_sourceLocation,
  _ evaluate: @escaping (Layer, Tensor) -> Tensor
) throws {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
  let file = try SafetensorsFile(reading: folder.appendingPathComponent("\(name).safetensors").path)
  func read(_ name: String) throws -> Tensor { try file.tensor(name).converted(to: dtype) }
  let layer = layer.replacingTensors(with: try layer.namedTensors.map { try read($0.name) })
  let (y, pullback) = valueWithPullback(at: Pair(layer, try read("x"))) { evaluate($0.first, $0.second) }
  // What the file holds was rounded to float32.
  let tolerance = Tolerance.value(.float32)
  expectClose(y, try read("y"), tolerance: tolerance, "\(name): y", sourceLocation: sourceLocation)
  let gradient = pullback(try read("dy"))
  expectClose(
    gradient.second, try read("gradient.x"), tolerance: tolerance, "\(name): x", sourceLocation: sourceLocation)
  for tensor in gradient.first.namedTensors {
    expectClose(
      tensor.tensor, try read("gradient.\(tensor.name)"), tolerance: tolerance, "\(name): \(tensor.name)",
      sourceLocation: sourceLocation)
  }
}
