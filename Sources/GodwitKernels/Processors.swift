import CGodwitKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The processors that this process may use.
enum Processors {
  /// How many, at least 1: the least of those online, of those it may run on, and of the time that its control groups have.
  static var count: Int {
    count(
      online: sysconf(Int32(_SC_NPROCESSORS_ONLN)), allowed: Int(gw_allowed_processors()),
      time: ControlGroups().processors)
  }

  /// - Parameters:
  ///   - online: those of the machine.
  ///   - allowed: those that the process may run on; 0 where that is not known.
  ///   - time: seconds of processor time for each second; nil if there is no limit.
  static func count(online: Int, allowed: Int, time: Double?) -> Int {
    var count = max(online, 1)
    if allowed > 0 { count = min(count, allowed) }
    if let time, time < Double(count) { count = Int(time.rounded(.up)) }
    return max(count, 1)
  }
}
