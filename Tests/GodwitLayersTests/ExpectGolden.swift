import Foundation
import GodwitKernels
import GodwitModels
import GodwitTensor
import GodwitTestSupport
import Testing

/// A file in `Golden`, computed by another library in float64 and rounded to float32.
struct Golden {
  private let file: SafetensorsFile
  private let name: String
  private let dtype: DType

  init(_ name: String, _ dtype: DType) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
    file = try SafetensorsFile(reading: folder.appendingPathComponent("\(name).safetensors").path)
    (self.name, self.dtype) = (name, dtype)
  }

  func read(_ tensor: String) throws -> Tensor { try file.tensor(tensor).converted(to: dtype) }

  /// Expects what the file has under a name, as exactly as float32 can say it.
  func expect(_ tensor: String, _ got: Tensor, sourceLocation: SourceLocation = #_sourceLocation) throws {
    expectClose(
      got, try read(tensor), tolerance: Tolerance.value(.float32), "\(name): \(tensor)", sourceLocation: sourceLocation)
  }
}

/// Expects the output and all gradients of a layer with the parameters of a file in `Golden`.
func expectGolden<Layer: Module>(
  _ name: String, _ layer: Layer, _ dtype: DType, sourceLocation: SourceLocation = #_sourceLocation,
  _ evaluate: @escaping (Layer, Tensor) -> Tensor
) throws {
  let golden = try Golden(name, dtype)
  let layer = layer.replacingTensors(with: try layer.namedTensors.map { try golden.read($0.name) })
  let (y, pullback) = valueWithPullback(at: Pair(layer, try golden.read("x"))) { evaluate($0.first, $0.second) }
  try golden.expect("y", y, sourceLocation: sourceLocation)
  let gradient = pullback(try golden.read("dy"))
  try golden.expect("gradient.x", gradient.second, sourceLocation: sourceLocation)
  for tensor in gradient.first.namedTensors {
    try golden.expect("gradient.\(tensor.name)", tensor.tensor, sourceLocation: sourceLocation)
  }
}
