import Foundation

/// Names for the folders of runs.
enum RunName {
  /// A folder in `runs/` that does not exist yet, named after the text and the mixer.
  static func free(text paths: [String], mixer: String) -> String {
    let first = URL(filePath: paths.first ?? ".").standardizedFileURL
    var name = first.deletingPathExtension().lastPathComponent
    name = String(name.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" ? $0 : "-" })
    name = String(name.prefix(50))  // with the rest it must fit into the 255 bytes that a name may have
    // A name without its settings; of several mixers, which may be as many as there are blocks, the first ones.
    let mixers = mixer.split(separator: ",").filter { part in !part.prefix { $0 != ":" }.contains("=") }
    let kinds = mixers.map { $0.prefix { $0 != ":" } }.joined(separator: "-").prefix(40)
    return free("runs/\(name.isEmpty ? "text" : name)-\(kinds)")
  }

  /// A folder in `runs/` that does not exist yet, named after a problem.
  static func free(problem name: String) -> String { free("runs/" + name) }

  private static func free(_ base: String) -> String {
    var folder = base
    var number = 2
    while FileManager.default.fileExists(atPath: folder) {
      folder = "\(base)-\(number)"
      number += 1
    }
    return folder
  }
}
