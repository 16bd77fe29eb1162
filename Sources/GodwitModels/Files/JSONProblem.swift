/// Why a JSON text is not what was to be decoded, for messages: the field, and what is wrong with it.
func jsonProblem(_ error: any Error) -> String {
  guard let error = error as? DecodingError else { return "\(error)" }
  func name(_ context: DecodingError.Context) -> String {
    context.codingPath.map(\.stringValue).joined(separator: ".")
  }
  return switch error {
  case .keyNotFound(let key, _): "the field \(key.stringValue) is missing"
  case .typeMismatch(_, let context): "the field \(name(context)) has another type"
  case .valueNotFound(_, let context): "the field \(name(context)) is null"
  case .dataCorrupted(let context) where context.codingPath.isEmpty: "it is not sound JSON"
  case .dataCorrupted(let context): "the field \(name(context)) cannot be understood"
  @unknown default: "\(error)"
  }
}
