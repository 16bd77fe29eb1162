#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Walks through folders and gathers the files that may be text.
struct FileSearch {
  struct Candidate {
    var path: String
    var name: String
  }

  private(set) var found: [Candidate] = []
  private(set) var skipped = SkippedFiles()
  private var seen = Set<FileIdentity.Node>()
  private let excluded: Set<FileIdentity.Node>

  init(excluding paths: [String]) {
    excluded = Set(paths.compactMap { FileIdentity(of: $0)?.node })
  }

  /// Adds a file, or the files of a folder and all folders in it.
  mutating func add(_ path: String) throws(CorpusError) {
    guard let identity = FileIdentity(of: path) else {
      if errno != ENOENT && errno != ENOTDIR { throw .file(FileError(.open, path)) }
      throw Self.missing(path)
    }
    switch identity.kind {
    case .other: throw .notAFile(path: path)
    case .file: addFile(path, name: Self.lastComponent(path), identity)
    case .folder: try addFolder(path, identity)
    }
  }

  private mutating func addFile(_ path: String, name: String, _ identity: FileIdentity) {
    if excluded.contains(identity.node) {
      skipped.other += 1
    } else if seen.insert(identity.node).inserted {
      found.append(Candidate(path: path, name: name))
    } else {
      skipped.repeated += 1
    }
  }

  private mutating func addFolder(_ path: String, _ identity: FileIdentity) throws(CorpusError) {
    // A list instead of recursion: folders may be nested deeper than the stack allows.
    var waiting = [(path: path.hasSuffix("/") ? path : path + "/", name: "")]
    seen.insert(identity.node)
    let first = found.count
    while let folder = waiting.popLast() {
      let listing: FolderListing
      do throws(FileError) { listing = try FolderListing(folder.path) } catch { throw .file(error) }
      skipped.other += listing.unreadableNames
      let isStart = folder.name.isEmpty
      if isStart, listing.names.isEmpty, listing.unreadableNames == 0 { throw .emptyFolder(path: path) }
      if !isStart, Self.isRun(listing.names) {
        skipped.runs += 1
        continue
      }
      for entry in listing.names {
        if entry.hasBytes(first: ".") {
          skipped.hidden += 1
        } else {
          addEntry(folder.path + entry, name: folder.name + entry, &waiting)
        }
      }
    }
    found[first...].sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private mutating func addEntry(_ path: String, name: String, _ waiting: inout [(path: String, name: String)]) {
    var status = stat()
    let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    guard let identity = FileIdentity(of: path) else {
      // A link to nothing or in a circle; or the entry is gone since the folder was listed.
      if isLink { skipped.links += 1 }
      return
    }
    switch identity.kind {
    case .file: addFile(path, name: name, identity)
    case .other: skipped.other += 1
    case .folder:
      if isLink {
        skipped.links += 1
      } else if !excluded.contains(identity.node), seen.insert(identity.node).inserted {
        waiting.append((path + "/", name + "/"))
      }
    }
  }

  private static func isRun(_ names: [String]) -> Bool {
    // A beginning that was killed may have the copy of its text and no configuration yet.
    names.contains("metrics.jsonl") && (names.contains("config.json") || names.contains(RunFolder.textCopyName))
  }

  private static func lastComponent(_ path: String) -> String {
    path.pathParts.last ?? path
  }

  /// A missing path with the existing one that differs least in its first missing part, unless that is a link to nothing.
  private static func missing(_ path: String) -> CorpusError {
    var folder = path.hasBytes(first: "/") ? "/" : ""
    for part in path.pathParts {
      let next = folder + part
      if FileIdentity(of: next) != nil {
        folder = next + "/"
        continue
      }
      if let target = SymbolicLink.target(ofBroken: next) { return .brokenLink(path: next, target: target) }
      let names = (try? FolderListing(folder.isEmpty ? "." : folder).names) ?? []
      return .missing(path: path, nearest: suggestion(for: part, among: names).map { folder + $0 })
    }
    return .missing(path: path, nearest: nil)
  }
}
