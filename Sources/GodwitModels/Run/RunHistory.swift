import Foundation

/// What a run has recorded in `metrics.jsonl`.
public struct RunHistory: Sendable, Hashable {
  /// Steps, in their order, with the mean loss since the one before.
  public internal(set) var steps: [StepRecord] = []
  /// Predictions of the held-out text, in their order.
  public internal(set) var validations: [ValidationRecord] = []
  /// What the model wrote, in its order.
  public internal(set) var samples: [SampleRecord] = []
  /// Present if the run has come to its end.
  public internal(set) var done: DoneRecord?
  /// How many lines are damaged, or not whole as their writer was killed.
  public internal(set) var unreadableLines = 0

  /// A history of nothing.
  public init() {}

  /// The best validation, the first of equals.
  public var best: ValidationRecord? { validations.min { $0.validationBitsPerByte < $1.validationBitsPerByte } }

  /// Reads lines of JSON. Lines of an unknown event are passed over, damaged ones are counted: no model depends on them.
  init(lines text: Data) {
    for line in text.split(separator: UInt8(ascii: "\n")) where !append(line) { unreadableLines += 1 }
  }

  private mutating func append(_ line: Data) -> Bool {
    let decoder = JSONDecoder()
    guard let event = try? decoder.decode(Event.self, from: line) else { return false }
    switch event.event {
    case "step": return decode(line, with: decoder) { $0.steps.append($1) }
    case "validation": return decode(line, with: decoder) { $0.validations.append($1) }
    case "sample": return decode(line, with: decoder) { $0.samples.append($1) }
    case "done": return decode(line, with: decoder) { $0.done = $1 }
    default: return true
    }
  }

  private mutating func decode<Record: Decodable>(
    _ line: Data, with decoder: JSONDecoder, _ keep: (inout RunHistory, Record) -> Void
  ) -> Bool {
    guard let record = try? decoder.decode(Record.self, from: line) else { return false }
    keep(&self, record)
    return true
  }

  private struct Event: Decodable {
    let event: String
  }
}
