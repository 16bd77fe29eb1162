import Foundation

/// The memory of this process.
package enum ProcessMemory {
  /// The most resident memory that the process has had, in bytes; 0 where the system does not tell.
  package static var peakByteCount: Int {
    // Not `getrusage` where there is a better way: its maximum is inherited from the process that started this one.
    if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    {
      return kibibytes * 1024
    }
    #if canImport(Darwin)
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0
    #else
      return 0
    #endif
  }
}
