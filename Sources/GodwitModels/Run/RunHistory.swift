import Foundation

/// What a run has recorded in `metrics.jsonl`.
public struct RunHistory: Sendable, Hashable {
  public internal(set) var steps: [StepRecord] = []
  public internal(set) var validations: [ValidationRecord] = []
  public internal(set) var samples: [SampleRecord] = []
  /// Present if the run has come to its end.
  public internal(set) var done: DoneRecord?

  public init() {}

  /// The best validation, the first of equals.
  public var best: ValidationRecord? { validations.min { $0.validationBitsPerByte < $1.validationBitsPerByte } }

  /// Reads lines of JSON. Lines of an unknown event are passed over, and so is a last line that was not finished.
  ///
  /// - Throws: `MalformedLine` for any other line.
  init(lines text: Data) throws(MalformedLine) {
    for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      if line.endIndex == text.endIndex { return }  // not ended by a newline: its writer was killed
      if !append(line) { throw MalformedLine(number: index + 1) }
    }
  }

  /// A line of the history that is not one object of the expected shape.
  struct MalformedLine: Error {
    let number: Int
  }

  mutating func append(_ line: Data) -> Bool {
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
