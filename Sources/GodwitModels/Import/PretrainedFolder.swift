import Foundation

/// A folder with the weights of a model that another program trained: `model.safetensors`, or several files with an index, and where the
/// program is transformers a `config.json`.
struct PretrainedFolder: Sendable {
  /// Its path, as it stands in errors.
  let path: String
  /// What `config.json` says; nil if there is none.
  let configuration: PretrainedConfiguration?
  private let files: [SafetensorsFile]
  /// In which file each tensor is.
  private let places: [ByteString: Int]

  private struct Index: Decodable {
    let weightMap: [String: String]
    private enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }
  }

  /// Opens all files and checks their headers.
  init(_ path: String) throws(ImportError) {
    self.path = path
    let folder = path.hasSuffix("/") ? path : path + "/"
    guard FileManager.default.fileExists(atPath: path) else { throw .file(FileError(.open, path, code: ENOENT)) }
    configuration = try Self.decoded(PretrainedConfiguration.self, folder + "config.json")
    var names = ["model.safetensors"]
    if let index = try Self.decoded(Index.self, folder + "model.safetensors.index.json") {
      names = Set(index.weightMap.values).sorted()
      // A name that leads elsewhere is none of a file beside the index.
      if let odd = names.first(where: { $0.contains("/") || $0 == ".." }) {
        throw .malformed(path: folder + "model.safetensors.index.json", reason: "\"\(odd)\" is no name of a file")
      }
    } else if !FileManager.default.fileExists(atPath: folder + names[0]) {
      throw .noWeights(path: path)
    }
    var files: [SafetensorsFile] = []
    var places: [ByteString: Int] = [:]
    for name in names {
      let file: SafetensorsFile
      do throws(SafetensorsError) { file = try SafetensorsFile(reading: folder + name) } catch { throw .weights(error) }
      for tensor in file.names {
        if let other = places.updateValue(files.count, forKey: ByteString(tensor)) {
          throw .tensors(path: path, problems: ["\(tensor) is in \(names[other]) and in \(name)"])
        }
      }
      files.append(file)
    }
    (self.files, self.places) = (files, places)
  }

  /// The names of all tensors.
  var names: [String] { files.flatMap(\.names) }

  /// What the header tells of a tensor, and the file that it is in.
  func tensor(_ name: String) -> (file: SafetensorsFile, entry: SafetensorsFile.Entry)? {
    guard let place = places[ByteString(name)], let entry = files[place][name] else { return nil }
    return (files[place], entry)
  }

  /// The shape of a tensor; nil if there is none of the name.
  func shape(_ name: String) -> [Int]? { tensor(name)?.entry.shape }

  /// A small JSON file; nil if there is none.
  private static func decoded<Value: Decodable>(_: Value.Type, _ path: String) throws(ImportError) -> Value? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let bytes: [UInt8]
    do throws(FileError) { bytes = try ReadableFile(path).contents(atMost: 16 << 20) } catch { throw .file(error) }
    do { return try JSONDecoder().decode(Value.self, from: Data(quotingInfinities(bytes))) } catch {
      throw .malformed(path: path, reason: "\(jsonProblem(error)); restore the file that transformers wrote")
    }
  }
}

/// The text with quotes around each Infinity and NaN, which Python writes though JSON has none.
private func quotingInfinities(_ text: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  var (index, isString) = (0, false)
  while index < text.count {
    let byte = text[index]
    if !isString, let word = ["-Infinity", "Infinity", "NaN"].first(where: { text[index...].starts(with: $0.utf8) }) {
      result += Array("\"\(word)\"".utf8)
      index += word.utf8.count
      continue
    }
    if byte == UInt8(ascii: "\"") { isString.toggle() }
    result.append(byte)
    if isString, byte == UInt8(ascii: "\\"), index + 1 < text.count {
      index += 1
      result.append(text[index])
    }
    index += 1
  }
  return result
}

/// What the `config.json` of transformers says of a model, as far as it matters here.
struct PretrainedConfiguration: Decodable, Sendable {
  let modelType: String?
  let hiddenAct: String?
  let layerNormEpsilon: Double?
  let tieWordEmbeddings: Bool?
  /// Of Mamba-2.
  let headDim: Int?
  let nGroups: Int?
  let timeStepLimit: [Limit]?
  /// The extents that the tensors must have.
  let hiddenSize: Int?
  let numHiddenLayers: Int?
  let vocabSize: Int?
  let stateSize: Int?
  let convKernel: Int?

  private enum CodingKeys: String, CodingKey {
    case modelType = "model_type"
    case hiddenAct = "hidden_act"
    case layerNormEpsilon = "layer_norm_epsilon"
    case tieWordEmbeddings = "tie_word_embeddings"
    case headDim = "head_dim"
    case nGroups = "n_groups"
    case timeStepLimit = "time_step_limit"
    case hiddenSize = "hidden_size"
    case numHiddenLayers = "num_hidden_layers"
    case vocabSize = "vocab_size"
    case stateSize = "state_size"
    case convKernel = "conv_kernel"
  }

  /// A number, or what is no JSON for infinity.
  enum Limit: Decodable, Sendable {
    case number(Double)
    case other

    init(from decoder: any Decoder) throws {
      self = (try? decoder.singleValueContainer().decode(Double.self)).map(Limit.number) ?? .other
    }
  }
}
