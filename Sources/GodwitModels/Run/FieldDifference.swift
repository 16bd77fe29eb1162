import Foundation

/// A field in which two configurations differ.
public struct FieldDifference: Sendable, Hashable, CustomStringConvertible {
  /// The name of the field.
  public let field: String
  /// The value where it was expected.
  public let expected: String
  /// The value where it was found.
  public let found: String

  public var description: String { "\(field) is \(found), not \(expected)" }

  /// The fields, in alphabetical order, in which two values differ when written as JSON objects.
  package static func between<Value: Encodable>(expected: Value, found: Value) -> [FieldDifference] {
    let (expected, found) = (fields(of: expected), fields(of: found))
    var differences: [FieldDifference] = []
    for field in Set(expected.keys).union(found.keys).sorted()
    where expected[field].map(ByteString.init) != found[field].map(ByteString.init) {
      differences.append(
        FieldDifference(field: field, expected: expected[field] ?? "absent", found: found[field] ?? "absent"))
    }
    return differences
  }

  private static func fields<Value: Encodable>(of value: Value) -> [String: String] {
    guard let data = try? JSONEncoder().encode(value),
      let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [:] }
    return object.mapValues { "\($0)" }
  }
}
