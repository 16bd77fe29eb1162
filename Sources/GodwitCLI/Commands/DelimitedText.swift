import Foundation

/// The lines of a text with the fields in each, between one delimiter throughout: a tab, a semicolon or a comma.
struct DelimitedText {
  struct Line {
    let number: Int
    let fields: [String]
  }

  /// Those that are not empty and do not begin with #.
  let lines: [Line]
  /// Whether the commas may be decimal ones too: all lines have two fields, both of them of digits only.
  let hasDoubtfulCommas: Bool

  init(_ text: String) {
    let all = text.drop { $0 == "\u{FEFF}" }.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let lines = all.enumerated().map { (number: $0 + 1, text: $1.trimmingCharacters(in: .whitespaces)) }
      .filter { !$0.text.isEmpty && !$0.text.hasPrefix("#") }
    let delimiter = DelimitedText.delimiter(lines.prefix(20).map(\.text))
    self.lines = lines.map { Line(number: $0.number, fields: DelimitedText.fields($0.text, delimiter)) }
    hasDoubtfulCommas =
      delimiter == "," && self.lines.allSatisfy { $0.fields.count == 2 && $0.fields.allSatisfy { UInt($0) != nil } }
  }

  /// The first of the delimiters that one of the first lines has; a comma in a number or a time is none between semicolons.
  private static func delimiter(_ lines: [String]) -> Character? {
    "\t;,".first { delimiter in
      lines.contains { line in
        fields(line, delimiter).count > 1 && !(delimiter == "," && isStamp(line))
      }
    }
  }

  /// Whether a line begins with a time whose milliseconds are behind a comma, as logs have it.
  private static func isStamp(_ line: String) -> Bool {
    guard let comma = line.firstIndex(of: ","), EventTime(String(line[..<comma]))?.form == .date else { return false }
    let rest = line[comma...].dropFirst()
    return rest.prefix(3).count { $0.isASCII && $0.isNumber } == 3
      && rest.dropFirst(3).first.map(\.isWhitespace) != false
  }

  /// The fields of a line, without the quotes of those that have them, in which two quotes stand for one.
  private static func fields(_ line: String, _ delimiter: Character?) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      if character == "\"" { isQuoted.toggle() }
      if character == delimiter, !isQuoted { fields.append("") } else { fields[fields.count - 1].append(character) }
    }
    return fields.map { field in
      let field = field.trimmingCharacters(in: .whitespaces)
      guard field.count >= 2, field.hasPrefix("\""), field.hasSuffix("\"") else { return field }
      return field.dropFirst().dropLast().replacing("\"\"", with: "\"").trimmingCharacters(in: .whitespaces)
    }
  }
}
