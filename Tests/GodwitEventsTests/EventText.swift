import Foundation

@testable import GodwitEvents

/// What reading a text gives: the data, or the message.
func read(
  _ text: String, as kind: EventData.Kind? = nil, column: String? = nil, skipsMissing: Bool = false
) -> Result<EventData, EventFileError> {
  read(Array(text.utf8), as: kind, column: column, skipsMissing: skipsMissing)
}

func read(
  _ bytes: [UInt8], as kind: EventData.Kind? = nil, column: String? = nil, skipsMissing: Bool = false
) -> Result<EventData, EventFileError> {
  Result { () throws(EventFileError) in
    try EventData(bytes, of: "file", as: kind, column: column, skipsMissing: skipsMissing)
  }
}

extension Result<EventData, EventFileError> {
  /// The times, or nothing.
  var times: [Double]? { (try? get()).map(\.times) }
  var counts: [Int]? { (try? get()).map(\.counts) }

  /// The message as a user of the command sees it; empty where there is none.
  var message: String {
    if case .failure(let error) = self { return error.text(.commandLine) }
    return ""
  }
}

/// A file of `Cases`.
enum Case {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases")
  static func path(_ name: String) -> String { folder.appending(path: name).path }
}
