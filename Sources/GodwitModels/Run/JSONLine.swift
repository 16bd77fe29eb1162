/// One JSON object on one line, its keys in the order in which they were given.
package struct JSONLine: ExpressibleByDictionaryLiteral, Sendable {
  private var members: [(key: String, value: JSONValue)]

  package init(dictionaryLiteral elements: (String, JSONValue)...) { members = elements.map { ($0, $1) } }

  /// Adds a member at the end, or replaces the one of this name.
  package subscript(key: String) -> JSONValue? {
    get { members.first { $0.key.hasSameBytes(as: key) }?.value }
    set {
      let index = members.firstIndex { $0.key.hasSameBytes(as: key) }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }

  package var text: String {
    var text = "{"
    for (index, member) in members.enumerated() {
      if index > 0 { text += "," }
      text += JSONValue.quoted(member.key) + ":" + member.value.text
    }
    return text + "}"
  }
}

/// A value in a JSON object.
package enum JSONValue: Sendable {
  case text(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case null
  case array([JSONValue])
  case object(JSONLine)

  /// The value as JSON; what JSON cannot say, an infinite number or NaN, is null.
  package var text: String {
    switch self {
    case .text(let value): Self.quoted(value)
    case .integer(let value): String(value)
    case .number(let value): value.isFinite ? value.description : "null"
    case .boolean(let value): value ? "true" : "false"
    case .null: "null"
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let line): line.text
    }
  }

  static func quoted(_ value: String) -> String {
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  package init(nilLiteral: ()) { self = .null }
}
