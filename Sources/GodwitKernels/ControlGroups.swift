/// What the control groups that Linux keeps this process in, as a container does, allow it.
///
/// A limit of a group holds for all groups below, so each is the least from the process's own group up to the root. Both
/// versions are read, as both may be in use at once. A file that is missing or has no number in it sets no limit.
struct ControlGroups {
  /// The folder that /proc and /sys are in, without a slash at the end.
  let root: String

  init(root: String = "") { self.root = root }

  /// Seconds of processor time for each second; nil if there is no limit.
  var processors: Double? {
    let unified = folders(of: nil).compactMap { folder -> Double? in
      let words = numbers(in: folder + "/cpu.max")
      return Self.share(quota: words.first ?? nil, period: words.count > 1 ? words[1] : 100_000)
    }
    let own = folders(of: "cpu").compactMap { folder in
      Self.share(quota: number(in: folder + "/cpu.cfs_quota_us"), period: number(in: folder + "/cpu.cfs_period_us"))
    }
    return (unified + own).min()
  }

  /// Bytes of memory; nil if there is no limit.
  var memoryByteCount: Int? {
    let limits =
      folders(of: nil).map { number(in: $0 + "/memory.max") }
      + folders(of: "memory").map { number(in: $0 + "/memory.limit_in_bytes") }
    return limits.compactMap { $0 }.min()
  }

  private static func share(quota: Int?, period: Int?) -> Double? {
    guard let quota, let period else { return nil }
    return Double(quota) / Double(period)
  }

  /// The process's own group and those above it in the hierarchy of a controller; in that of version 2 if nil.
  private func folders(of controller: Substring?) -> [String] {
    let path = path(of: controller)
    return mounts(of: controller).flatMap { mount -> [String] in
      // A process may be outside of what is mounted, which then has the groups of its container at the top.
      let parts = mount.parts(of: path) ?? []
      return (0...parts.count).map { dropped in
        ([root + mount.point] + parts.dropLast(dropped).map { String($0) }).joined(separator: "/")
      }
    }
  }

  /// Where in the hierarchy the process is, by /proc/self/cgroup: lines `number:controllers:path`.
  private func path(of controller: Substring?) -> Substring {
    for line in lines(of: root + "/proc/self/cgroup") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if let controller {
        if fields[1].split(separator: ",").contains(controller) { return fields[2] }
      } else if fields[0] == "0" && fields[1].isEmpty {
        return fields[2]
      }
    }
    return "/"
  }

  /// A place where a part of a hierarchy can be read.
  private struct Mount {
    /// The group that is seen at the point.
    let group: Substring
    let point: String

    /// The names on the way from the point to a group; nil if it is not below.
    func parts(of path: Substring) -> [Substring]? {
      let (above, parts) = (group.split(separator: "/"), path.split(separator: "/"))
      guard parts.starts(with: above), !parts.contains("..") else { return nil }
      return Array(parts.dropFirst(above.count))
    }
  }

  /// Where a hierarchy is mounted, by /proc/self/mountinfo, else where it usually is.
  private func mounts(of controller: Substring?) -> [Mount] {
    let mounts = lines(of: root + "/proc/self/mountinfo").compactMap { line -> Mount? in
      // number parent device group point options … - type source options
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { return nil }
      let isWanted =
        if let controller {
          fields[dash + 1] == "cgroup" && fields[dash + 3].split(separator: ",").contains(controller)
        } else {
          fields[dash + 1] == "cgroup2"
        }
      return isWanted ? Mount(group: fields[3], point: Self.unescaped(fields[4])) : nil
    }
    if !mounts.isEmpty { return mounts }
    let usual =
      controller.map { $0 == "cpu" ? ["cpu", "cpu,cpuacct"] : [String($0)] }?.map { "/sys/fs/cgroup/\($0)" }
      ?? ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]
    return usual.map { Mount(group: "/", point: $0) }
  }

  /// A name in which a backslash and three octal digits stand for spaces and the like.
  private static func unescaped(_ name: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(name.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func lines(of path: String) -> [Substring] {
    SmallFile.text(path)?.split(separator: "\n") ?? []
  }

  private func number(in path: String) -> Int? { numbers(in: path).first ?? nil }

  /// The words of a file as numbers above 0; nil where a word is none, such as "max".
  private func numbers(in path: String) -> [Int?] {
    (SmallFile.text(path) ?? "").split(whereSeparator: \.isWhitespace).map { word in
      Int(word).flatMap { $0 > 0 ? $0 : nil }
    }
  }
}
