import Foundation
import GodwitModels

extension Run {
  /// Why the history is not the whole one, if it is not.
  var historyProblem: String? {
    if history.unreadableLines > 0 {
      let lines = Quantity.counted(history.unreadableLines, "line")
      return "\(lines) of \(folder.metrics) cannot be read, so the history has gaps; the model is whole"
    }
    if FileManager.default.fileExists(atPath: folder.metrics) { return nil }
    return "\(folder.metrics) is gone, and the history with it; the model is whole"
  }
}
