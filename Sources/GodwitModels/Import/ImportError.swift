/// Why a folder of another program gives no model.
public enum ImportError: Error, Sendable, CustomStringConvertible {
  /// The system refused.
  case file(FileError)
  /// A file of weights is damaged.
  case weights(SafetensorsError)
  /// There are no weights in the folder.
  case noWeights(path: String)
  /// A file cannot be understood.
  case malformed(path: String, reason: String)
  /// The model is of a kind that is not known.
  case unknownKind(path: String, found: String?)
  /// The model reads tokens that are not bytes.
  case vocabulary(path: String, size: Int)
  /// The model has a part that there is none of here.
  case unsupported(path: String, what: String)
  /// There is no such architecture.
  case configuration(path: String, ConfigurationError)
  /// The tensors are not those of the model: each that is missing, of another shape, or too many.
  case tensors(path: String, problems: [String])

  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .weights(let error): "\(error)"
    case .noWeights(let path):
      "there is neither model.safetensors nor model.safetensors.index.json in \(path); give the folder of a model in the format "
        + "safetensors"
    case .malformed(let path, let reason): "\(path): \(reason)"
    case .unknownKind(let path, let found):
      (found.map { "\(path) is a model of the type \"\($0)\"" } ?? "\(path) does not say of which type its model is")
        + "; the known ones are mamba, mamba2 and rwkv (RWKV-4), by the config.json of transformers, and RWKV-4 with its own names"
    case .vocabulary(let path, let size):
      "\(path) is a model of \(Quantity.grouped(size)) tokens: it needs a tokenizer, and there is none here yet; models of 256 bytes "
        + "can be imported"
    case .unsupported(let path, let what): "\(path): \(what)"
    case .configuration(let path, let error): "\(path) is of an architecture that there is not: \(error)"
    case .tensors(let path, let problems):
      "\(path) does not hold the weights of its model: " + problems.prefix(20).joined(separator: "; ")
        + (problems.count > 20 ? "; and \(problems.count - 20) more" : "")
    }
  }
}
