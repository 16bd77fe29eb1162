import GodwitModels

/// Why a file of events cannot be read, or cannot be understood: where, what is there, what was expected and what to do.
public struct EventFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path of the file; `-` for standard input.
  public let path: String
  /// The number of the line, from 1 on, where it is one line.
  public let line: Int?
  /// What is wrong.
  public let problem: EventFileProblem

  public var description: String { text(.swift) }

  /// The same, with options as the user of a program or of the library gives them.
  package func text(_ words: EventOptionWords) -> String {
    if case .file(let error) = problem { return error.description }
    let place = path == "-" ? "standard input" : path
    return "\(place):\(line.map { "\($0):" } ?? "") \(problem.text(words))"
  }
}

/// How options are called in messages.
package enum EventOptionWords {
  /// As arguments of `EventData.init`.
  case swift
  /// As options of `godwit poisson --test`.
  case commandLine

  package func kind(_ kind: EventData.Kind) -> String {
    self == .swift ? "as: .\(kind.rawValue)" : "--as \(kind.rawValue)"
  }

  package var kindName: String { self == .swift ? "as:" : "--as" }
  package func column(_ name: String) -> String { self == .swift ? "column: \"\(name)\"" : "--column \(name)" }
  package var skipsMissing: String { self == .swift ? "skipsMissing: true" : "--skip-missing" }
}

/// What is wrong with a file of events.
public enum EventFileProblem: Sendable, Hashable {
  /// The system refused to open or to read it.
  case file(FileError)
  /// It has more bytes than are read.
  case tooLong(limit: Int)
  /// It has more values than are read.
  case tooManyValues(limit: Int)
  /// It is no text.
  case notText
  /// It is a text in an encoding that is not read.
  case encoding(String)
  /// There are no values in it.
  case empty
  /// A quote opens that nothing closes.
  case unclosedQuote
  /// The comma of this record may be between columns or before decimals.
  case doubtfulComma(String)
  /// The comma of this number may be between thousands or before decimals, as those of all others.
  case doubtfulThousands(String)
  /// Some numbers have a point before their decimals, this one has a comma, or the other way round.
  case mixedMarks(String, firstLine: Int)
  /// The record has too few columns.
  case tooFewColumns(Int, needed: Int)
  /// No column has the name that was asked for.
  case unknownColumn(String, names: [String])
  /// Several columns may be meant.
  case doubtfulColumn(EventData.Kind?, candidates: [String])
  /// The only column of numbers counts the lines, or names them.
  case runningNumber(column: String, example: String)
  /// The date and the time of day are in two columns.
  case splitDate(date: String, timeOfDay: String)
  /// The value is no time and no number.
  case notATime(String, objection: String)
  /// There is no value.
  case missing(String)
  /// The value is of another form than the first.
  case mixedForms(String, expected: String, firstLine: Int)
  /// The value has a zone, or has none, unlike the first.
  case mixedZones(String, firstHasZone: Bool, firstLine: Int)
  /// The time of a clock without a zone is before one that it comes after.
  case clockWentBack(Fall)
  /// The number goes back in a file whose others go forward, or forward in one whose others go back.
  case outOfOrder(Fall)
  /// The last value is the sum of those above it, and its line says so.
  case total(String)
  /// The value is no number of events.
  case notACount(String)
  /// The numbers are as dates without marks between year, month and day.
  case compactDates(String)
  /// The numbers may be times or counts.
  case doubtfulKind

  /// A value that is out of order, and the one above it.
  public struct Fall: Sendable, Hashable {
    public let value: String
    public let previous: String
    public let previousLine: Int
    /// Whether the newest line of the file is the first.
    public let isNewestFirst: Bool
    /// Whether all values may be numbers of events.
    public let mayBeCount: Bool
  }

  /// A problem with its line.
  struct Located: Error, Hashable {
    let problem: EventFileProblem
    let line: Int?
  }

  func onLine(_ line: Int) -> Located { Located(problem: self, line: line) }
  var anywhere: Located { Located(problem: self, line: nil) }
}
