/// Why a file gives no model.
public enum WeightsError: Error, Sendable, CustomStringConvertible {
  /// The file is no safetensors file, or the system refused.
  case file(SafetensorsError)
  /// The file is a run's checkpoint that cannot be used.
  case checkpoint(RunError)
  /// The file holds what a model has of a text, not the model.
  case state(path: String)
  /// The file does not say of which architecture its tensors are.
  case noConfiguration(path: String)
  /// There is no such architecture.
  case configuration(path: String, ConfigurationError)
  /// The tensors are not those of the architecture: each that is missing, of another shape, or too many.
  case tensors(path: String, problems: [String])

  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .checkpoint(let error): "\(error)"
    case .state(let path):
      "\(path) is the state of a text, which --save-state or TextSession.write wrote, and holds no weights; give the run of its "
        + "model, or a file that godwit export wrote"
    case .noConfiguration(let path):
      "\(path) does not say of which architecture its tensors are; give the architecture with it"
    case .configuration(let path, let error): "\(path) is of an architecture that there is not: \(error)"
    case .tensors(let path, let problems):
      "\(path) does not hold the weights of this model: " + problems.prefix(20).joined(separator: "; ")
        + (problems.count > 20 ? "; and \(problems.count - 20) more" : "")
        + "; give the options that describe the model of the file"
    }
  }
}
