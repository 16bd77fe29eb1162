import Foundation
import GodwitLayers
import GodwitTensor

/// A state in a file: a safetensors file of its leaves as `state.…`, with the model's fingerprint and the number of positions
/// read in the metadata. The same state gives the same bytes.
struct StateFile {
  /// Since version 2 sums have rests.
  static let formatVersion = 2
  private static let prefix = "state."

  enum Key {
    static let version = "formatVersion"
    static let fingerprint = "modelFingerprint"
    static let bytesRead = "bytesRead"
  }

  private let file: SafetensorsFile
  /// How many bytes, or positions, the state has read.
  let bytesRead: Int
  private let version: Int

  /// The file of a state.
  static func write(
    _ state: some SequenceState, fingerprint: String, bytesRead: Int, to path: String,
    adding more: (inout SafetensorsWriter) -> Void = { _ in }
  ) throws(StateFileError) {
    var writer = SafetensorsWriter(metadata: [
      Key.version: String(formatVersion), Key.fingerprint: fingerprint, Key.bytesRead: String(bytesRead),
    ])
    for (name, leaf) in state.leaves { writer.add(prefix + name, leaf) }
    more(&writer)
    do throws(SafetensorsError) { try writer.write(to: path) } catch { throw .file(error) }
  }

  /// Opens the file of a state of the model with a fingerprint.
  init(reading path: String, fingerprint: String) throws(StateFileError) {
    do throws(SafetensorsError) { file = try SafetensorsFile(reading: path) } catch { throw .file(error) }
    let metadata = file.metadata
    guard let version = metadata[Key.version].flatMap({ Int($0) }), version >= 1, let found = metadata[Key.fingerprint],
      let bytesRead = metadata[Key.bytesRead].flatMap({ Int($0) }), bytesRead >= 0
    else {
      throw .notAState(path: path, reason: "its metadata do not say of which model it is and what was read")
    }
    guard version <= Self.formatVersion else {
      throw .newerFormat(path: path, found: version, known: Self.formatVersion)
    }
    guard found == fingerprint else { throw .otherModel(path: path, expected: fingerprint, found: found) }
    (self.bytesRead, self.version) = (bytesRead, version)
  }

  /// The metadata of a name.
  subscript(metadata key: String) -> String? { file.metadata[key] }

  /// The state.
  ///
  /// - Parameters:
  ///   - initial: the initial state of the same layer or model, for as many sequences.
  func state<State: SequenceState>(_ initial: State) throws(StateFileError) -> State {
    var leaves: [Leaf] = []
    for (name, expected) in initial.leaves {
      let isNewer = version == 1 && name.split(separator: ".").contains("rest")
      leaves.append(isNewer ? expected : try leaf(Self.prefix + name, like: expected))
    }
    let known = Set(initial.leaves.map { ByteString(Self.prefix + $0.name) })
    let extra = file.names.first { $0.hasBytes(first: Self.prefix) && !known.contains(ByteString($0)) }
    if let extra { throw .notAState(path: file.path, reason: "the model's state has no \(extra)") }
    let state = initial.replacingLeaves(with: leaves)
    if let problem = state.problem(expecting: initial) { throw .notAState(path: file.path, reason: problem) }
    return state
  }

  /// A leaf of a name.
  func leaf(_ name: String, like expected: Leaf) throws(StateFileError) -> Leaf {
    let leaf: Leaf
    do throws(SafetensorsError) { leaf = try file.leaf(name, like: expected) } catch { throw .file(error) }
    guard leaf.elementName == expected.elementName else {
      throw damaged("\(name) is \(leaf.elementName), expected \(expected.elementName)")
    }
    return leaf
  }

  /// Whether there is a leaf of a name.
  func has(_ name: String) -> Bool { file[name] != nil }

  func damaged(_ reason: String) -> StateFileError { .notAState(path: file.path, reason: reason) }
}

extension SequenceState {
  /// Writes the state to a file, which `read` gives back bit for bit.
  ///
  /// - Parameters:
  ///   - fingerprint: of the model that the state is of (`LanguageModel.fingerprint`).
  ///   - bytesRead: how many bytes, or positions, the state has read.
  /// - Throws: if the system refuses; an older file of that name is then as it was.
  public func write(to path: String, fingerprint: String, bytesRead: Int) throws(StateFileError) {
    try StateFile.write(self, fingerprint: fingerprint, bytesRead: bytesRead, to: path)
  }

  /// Reads a state from a file.
  ///
  /// - Parameters:
  ///   - fingerprint: of the model that is to go on from it.
  ///   - initial: that model's initial state, for as many sequences.
  /// - Throws: if the file is damaged, or of another model; then it names both fingerprints.
  public static func read(
    _ path: String, fingerprint: String, initial: Self
  ) throws(StateFileError) -> (state: Self, bytesRead: Int) {
    let file = try StateFile(reading: path, fingerprint: fingerprint)
    return (try file.state(initial), file.bytesRead)
  }
}
