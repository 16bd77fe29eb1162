import Foundation

/// The most bytes of a `config.json`: as many as the paths of a very long command line need.
private let greatestByteCount = 16 << 20

extension RunConfiguration {
  /// Reads the `config.json` of a folder, and makes sure that what it says can be used.
  init(of folder: RunFolder) throws(RunError) {
    guard FileManager.default.fileExists(atPath: folder.path) else {
      if SymbolicLink.target(ofBroken: folder.path) != nil { throw .file(FileError(.open, folder.path, code: ENOENT)) }
      throw .notFound(path: folder.path)
    }
    let path = folder.configuration
    guard FileManager.default.fileExists(atPath: path) else {
      throw .notARun(path: folder.path, missing: "config.json", runs: folder.runsWithin)
    }
    let data: Data
    do throws(FileError) { data = Data(try ReadableFile(path).contents(atMost: greatestByteCount)) } catch {
      throw .file(error)
    }
    // The version first, as a newer format need not have the fields of this one.
    guard let version = try? JSONDecoder().decode(Version.self, from: data), version.formatVersion >= 1 else {
      throw .malformed(path: path, reason: "it is not a JSON object with a formatVersion of at least 1")
    }
    guard version.formatVersion <= Self.currentFormatVersion else {
      throw .newerFormat(path: path, found: version.formatVersion, known: Self.currentFormatVersion)
    }
    let task = version.task ?? RunFormat.firstTask
    guard task == Task.name else { throw .otherTask(path: folder.path, found: task, expected: Task.name) }
    do { self = try JSONDecoder().decode(RunConfiguration.self, from: data) } catch {
      throw .malformed(path: path, reason: jsonProblem(error))
    }
    do throws(TrainingError) { try Task.validate(model, training) } catch {
      if case .configuration(.mixer(.unknown(let mixer, _))) = error {
        throw .unknownMixer(path: folder.path, mixer: mixer)
      }
      throw .malformed(path: path, reason: "\(error)")
    }
    guard training.training.steps != nil else {
      throw .malformed(path: path, reason: "the number of steps is missing")
    }
  }

  func write(to folder: RunFolder) throws(RunError) {
    let text = RunFolder.json(self, pretty: true) + "\n"
    guard text.utf8.count <= greatestByteCount else {
      throw .file(FileError(folder.configuration, longerThan: greatestByteCount, byteCount: text.utf8.count))
    }
    try RunFolder.replace(folder.configuration, with: text.utf8)
  }

  private struct Version: Decodable {
    let formatVersion: Int
    let task: String?
  }
}

extension RunFolder {
  /// The runs in folders of this one, which may be what a user meant.
  fileprivate var runsWithin: [RunFolder] {
    guard let listing = try? FolderListing(path) else { return [] }
    return listing.names.map { RunFolder(path == "/" ? "/" + $0 : path + "/" + $0) }
      .filter { FileManager.default.fileExists(atPath: $0.configuration) }
  }
}
