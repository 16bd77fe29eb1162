import GodwitKernels
import GodwitModels

/// Why mixers cannot be compared.
public enum ComparisonError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The parameters of the mixers, to this one, would take about so many bytes.
  case tooManyParameters(_ byteCount: Double)

  public var description: String {
    switch self {
    case .tooManyParameters(let byteCount):
      "the parameters of the mixers would take about \(Quantity.bytes(Int(byteCount))), more than three quarters of the "
        + "\(Quantity.bytes(MachineMemory.byteCount)) of this machine; choose a smaller width or fewer mixers"
    }
  }
}
