import Foundation

/// A line of `metrics.jsonl` as it is read: its fields by name, whatever version wrote it.
struct HistoryLine {
  private let fields: [String: Field]

  /// Nil if it is not a JSON object.
  init?(_ line: Data) {
    guard let fields = try? JSONDecoder().decode([String: Field].self, from: line) else { return nil }
    self.fields = fields
  }

  func text(_ name: String) -> String? {
    if case .text(let value)? = fields[name] { return value }
    return nil
  }

  func number(_ name: String) -> Double? {
    if case .number(let value, _)? = fields[name] { return value }
    return nil
  }

  func integer(_ name: String) -> Int? {
    if case .number(_, let value)? = fields[name] { return value }
    return nil
  }

  /// The values of some figures, if all of them are there.
  func figures(_ figures: [TaskFigures.Figure]) -> [Double]? {
    let values = figures.compactMap { number($0.key) }
    return values.count == figures.count ? values : nil
  }

  private enum Field: Decodable {
    case text(String)
    case number(Double, Int?)
    case other

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        self = .text(text)
      } else if let number = try? value.decode(Double.self) {
        self = .number(number, try? value.decode(Int.self))
      } else {
        self = .other
      }
    }
  }
}
