#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The memory that this process may have.
package enum MachineMemory {
  /// The bytes, whoever uses them: the least of the machine's, of what the control groups allow, and of the addresses that
  /// the process may use.
  package static let byteCount = byteCount(
    physical: sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE))).partialValue,
    group: ControlGroups().memoryByteCount, addresses: addresses)

  /// - Parameters:
  ///   - physical: those of the machine; not above 0 where that is not known.
  ///   - group: what the control groups allow; nil if there is no limit.
  ///   - addresses: how many bytes the process may address; nil if there is no limit.
  static func byteCount(physical: Int, group: Int?, addresses: Int?) -> Int {
    [physical > 0 ? physical : 1 << 32, group, addresses].compactMap { $0 }.min()!
  }

  /// Whether the system has so many bytes at once now: asked before an array is made whose length comes from outside, as one
  /// that cannot have its memory ends the process.
  package static func has(byteCount: Int) -> Bool {
    // Less is taken from what the process has already.
    guard byteCount >= 1 << 20 else { return true }
    let block = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
    guard let block, block != MAP_FAILED else { return false }
    munmap(block, byteCount)
    return true
  }

  private static var addresses: Int? {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    #else
      let resource = RLIMIT_AS
    #endif
    guard getrlimit(resource, &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }
}
