import Foundation
import Testing

@testable import GodwitKernels

/// Limits read from folders laid out as Linux lays them out.
@Suite struct ControlGroupsTests {
  /// Version 2, as on a present system: the process's own group, and those above.
  @Test func theLeastOfAGroupAndThoseAboveHolds() throws {
    let groups = try Layout([
      "proc/self/cgroup": "0::/system.slice/godwit.service\n",
      "proc/self/mountinfo": "26 22 0:23 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
      "sys/fs/cgroup/system.slice/godwit.service/cpu.max": "400000 100000\n",
      "sys/fs/cgroup/system.slice/godwit.service/memory.max": "max\n",
      "sys/fs/cgroup/system.slice/cpu.max": "250000 100000\n",
      "sys/fs/cgroup/system.slice/memory.max": "3000000000\n",
      "sys/fs/cgroup/cpu.max": "max 100000\n",
      "sys/fs/cgroup/memory.max": "8000000000\n",
    ])
    #expect(groups.limits.processors == 2.5)
    #expect(groups.limits.memoryByteCount == 3_000_000_000)
  }

  /// A container that sees its own group at the top, and its path from the machine's.
  @Test func whatIsMountedMayBeginAtTheGroup() throws {
    let groups = try Layout([
      "proc/self/cgroup": "0::/docker/3f2a/worker\n",
      "proc/self/mountinfo": "26 22 0:23 /docker/3f2a /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
      "sys/fs/cgroup/cpu.max": "150000 100000\n",
      "sys/fs/cgroup/worker/memory.max": "1000000\n",
      "sys/fs/cgroup/docker/3f2a/worker/memory.max": "17\n",
    ])
    #expect(groups.limits.processors == 1.5)
    #expect(groups.limits.memoryByteCount == 1_000_000)
  }

  /// Without a namespace of its own, or with one that began elsewhere: the top of what is mounted is the container.
  @Test(arguments: ["0::/elsewhere\n", "0::/../../other\n", "0::/docker/3f2abc\n", ""])
  func aGroupOutsideOfWhatIsMountedHasTheLimitsOfTheTop(membership: String) throws {
    let groups = try Layout([
      "proc/self/cgroup": membership,
      "proc/self/mountinfo": "26 22 0:23 /docker/3f2a /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
      "sys/fs/cgroup/cpu.max": "50000 100000\n", "sys/fs/cgroup/memory.max": "5000\n",
      "sys/fs/cgroup/bc/memory.max": "3\n", "sys/fs/other/memory.max": "4\n",
    ])
    #expect(groups.limits.processors == 0.5)
    #expect(groups.limits.memoryByteCount == 5000)
  }

  /// Version 1: each controller has a hierarchy of its own, and one may share that of another.
  @Test func eachControllerHasItsOwnHierarchy() throws {
    let groups = try Layout([
      "proc/self/cgroup": "5:memory:/kube/pod\n4:cpuacct,cpu:/kube\n1:name=systemd:/x\n0::/\n",
      "proc/self/mountinfo": """
      33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
      35 31 0:32 / /sys/fs/cgroup/mem\\040ory rw shared:1 master:2 - cgroup cgroup rw,memory
      41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw

      """,
      "sys/fs/cgroup/cpu,cpuacct/kube/cpu.cfs_quota_us": "350000\n",
      "sys/fs/cgroup/cpu,cpuacct/kube/cpu.cfs_period_us": "50000\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "sys/fs/cgroup/mem ory/kube/pod/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/mem ory/kube/memory.limit_in_bytes": "2097152000\n",
    ])
    #expect(groups.limits.processors == 7)
    #expect(groups.limits.memoryByteCount == 2_097_152_000)
  }

  @Test(arguments: ["sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct"])
  func withoutATableOfMountsTheUsualPlacesAreRead(folder: String) throws {
    let groups = try Layout([
      "proc/self/cgroup": "5:memory:/a\n4:cpu:/a\n0::/a\n",
      "\(folder)/a/cpu.cfs_quota_us": "300000", "\(folder)/a/cpu.cfs_period_us": "100000",
      "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "70000", "sys/fs/cgroup/unified/a/memory.max": "60000",
    ])
    #expect(groups.limits.processors == 3)
    #expect(groups.limits.memoryByteCount == 60_000)
  }

  @Test(arguments: [
    "", "max", "max 100000", "-1", "0 100000", "100000 0", "100000 -5", "99999999999999999999 100000", "one 2",
    "\0\u{FF}", "0x10 1",
  ])
  func whatIsNoNumberSetsNoLimit(words: String) throws {
    let groups = try Layout([
      "proc/self/cgroup": "garbage\n::\n0:\n7:memory:/\n0::/\n",
      "proc/self/mountinfo": "garbage\n1 2 3 4 5 6 -\n26 22 0:23 / /sys/fs/cgroup rw - cgroup2\n - \n",
      "sys/fs/cgroup/cpu.max": words, "sys/fs/cgroup/memory.max": words.hasPrefix("100000") ? "" : words,
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": words.hasPrefix("100000") ? "-1" : words,
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": words.hasPrefix("100000") ? "max" : words,
    ])
    #expect(groups.limits.processors == nil)
    #expect(groups.limits.memoryByteCount == nil)
  }

  @Test func nothingThereSetsNoLimit() throws {
    let groups = try Layout([:])
    #expect(groups.limits.processors == nil)
    #expect(groups.limits.memoryByteCount == nil)
  }

  @Test func theLeastOfAllHolds() {
    #expect(Processors.count(online: 8, allowed: 0, time: nil) == 8)
    #expect(Processors.count(online: 8, allowed: 3, time: nil) == 3)
    #expect(Processors.count(online: 8, allowed: 16, time: 2.01) == 3)
    #expect(Processors.count(online: 8, allowed: 8, time: 1e300) == 8)
    #expect(Processors.count(online: 8, allowed: 8, time: 0.001) == 1)
    #expect(Processors.count(online: -1, allowed: 0, time: nil) == 1)
    #expect(MachineMemory.byteCount(physical: 100, group: nil, addresses: nil) == 100)
    #expect(MachineMemory.byteCount(physical: 100, group: 90, addresses: 80) == 80)
    #expect(MachineMemory.byteCount(physical: 100, group: 70, addresses: 80) == 70)
    #expect(MachineMemory.byteCount(physical: -1, group: nil, addresses: nil) == 1 << 32)
  }

  /// Files in a folder that goes with the value.
  private final class Layout {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "godwit-groups-\(UUID().uuidString)")
    var limits: ControlGroups { ControlGroups(root: folder.path) }

    init(_ files: [String: String]) throws {
      for (name, text) in files {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
  }
}
