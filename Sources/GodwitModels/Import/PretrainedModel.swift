import GodwitLayers
import GodwitRandom
import GodwitTensor

/// A model that another program trained, found in a folder: its architecture, and how its tensors are named.
///
/// Known are RWKV-4 with the names of its authors, and Mamba, Mamba-2 and RWKV-4 as transformers writes them, all of bytes. Nothing is
/// guessed: a tensor that is missing, too many or of another shape is an error that names it.
public struct PretrainedModel: Sendable {
  /// The architecture.
  public let configuration: LanguageModelConfiguration
  private let folder: PretrainedFolder
  private let names: ForeignNames

  /// Finds out what is in a folder; only the headers of its files are read.
  public init(in path: String) throws(ImportError) {
    folder = try PretrainedFolder(path)
    switch folder.configuration?.modelType {
    case "rwkv"?: (names, configuration) = (.transformersRWKV, try Self.rwkv(folder, .transformersRWKV))
    case "mamba"?: (names, configuration) = (.mamba, try Self.mamba(folder))
    case "mamba2"?: (names, configuration) = (.mamba2, try Self.mamba2(folder))
    case nil where folder.shape("blocks.0.att.time_decay") != nil:
      (names, configuration) = (.rwkv, try Self.rwkv(folder, .rwkv))
    case let other: throw .unknownKind(path: path, found: other)
    }
    do throws(ConfigurationError) { try configuration.validate() } catch { throw .configuration(path: path, error) }
  }

  /// The model, its weights read once into its own memory.
  public func model() throws(ImportError) -> LanguageModel {
    var generator = StructureGenerator()
    var model: LanguageModel
    do throws(ConfigurationError) { model = try LanguageModel(configuration, using: &generator) } catch {
      throw .configuration(path: folder.path, error)
    }
    var leaves = model.leaves
    try check(leaves)
    // One after another, so that no second copy of the model is ever there.
    let nothing = Tensor(zeros: [0])
    model = model.mapTensors { _ in nothing }
    for index in leaves.indices {
      guard case .tensor(let expected, let role) = leaves[index].leaf, let foreign = names.foreign(leaves[index].name),
        let (file, _) = folder.tensor(foreign.name)
      else { continue }
      let shape = expected.shape
      leaves[index].leaf = .tensor(nothing, role)
      let found: Tensor
      do throws(SafetensorsError) { found = try file.tensor(foreign.name).converted(to: .float32) } catch {
        throw .weights(error)
      }
      leaves[index].leaf = .tensor(foreign.change.applied(to: found).reshaped(shape), role)
    }
    return model.replacingLeaves(with: leaves.map(\.leaf))
  }

  /// - Throws: what is missing, of another shape, or no part of the model.
  private func check(_ leaves: [(name: String, leaf: Leaf)]) throws(ImportError) {
    var problems: [String] = []
    var known: Set<ByteString> = []
    for (name, leaf) in leaves {
      guard let (foreign, change) = names.foreign(name) else {
        problems.append("\(name) has no name there")
        continue
      }
      known.insert(ByteString(foreign))
      let expected = change.shape(for: Array(leaf.shape))
      guard let found = folder.shape(foreign) else {
        problems.append("\(foreign) \(expected) is missing")
        continue
      }
      if found != expected { problems.append("\(foreign) is \(found.prefix(16)), not \(expected)") }
    }
    for name in folder.names where !known.contains(ByteString(name)) {
      // A head that is the table is sometimes written once more.
      if configuration.tiedHead, name == names.foreign("head.weight")?.name { continue }
      problems.append("\(name) is no part of the model")
    }
    if !problems.isEmpty { throw .tensors(path: folder.path, problems: problems) }
  }

  // MARK: Architectures

  /// The extents of a tensor from which an architecture is told.
  private static func extents(
    _ folder: PretrainedFolder, _ name: String, rank: Int
  ) throws(ImportError) -> [Int] {
    guard let shape = folder.shape(name) else { throw .tensors(path: folder.path, problems: ["\(name) is missing"]) }
    guard shape.count == rank, shape.allSatisfy({ (1...1 << 24).contains($0) }) else {
      throw .tensors(path: folder.path, problems: ["\(name) is \(shape.prefix(16)); expected \(rank) axes"])
    }
    return shape
  }

  /// The width, once it is sure that the tokens are bytes.
  private static func width(_ folder: PretrainedFolder, _ names: ForeignNames) throws(ImportError) -> Int {
    let table = try extents(folder, names.foreign("bytes.table")!.name, rank: 2)
    guard table[0] == LanguageModelConfiguration.vocabulary else {
      throw .vocabulary(path: folder.path, size: table[0])
    }
    return table[1]
  }

  /// The number of blocks: those that have a tensor of the name.
  private static func depth(_ folder: PretrainedFolder, _ names: ForeignNames, _ leaf: String) -> Int {
    var depth = 0
    while let name = names.foreign("blocks.\(depth).\(leaf)")?.name, folder.shape(name) != nil { depth += 1 }
    return depth
  }

  /// Stops where `config.json` says otherwise than the tensors: a model without its last layers looks like a smaller one.
  private static func compare(
    _ folder: PretrainedFolder, _ fields: [(name: String, told: Int?, found: Int)]
  ) throws(ImportError) {
    for field in fields {
      guard let told = field.told, told != field.found else { continue }
      throw .unsupported(
        path: folder.path,
        what:
          "config.json has \(field.name) \(told), the tensors have \(field.found); restore the files that belong together"
      )
    }
  }

  /// The fields that all architectures have.
  private static func compare(
    _ folder: PretrainedFolder, with configuration: LanguageModelConfiguration
  ) throws(ImportError) {
    try compare(
      folder,
      [
        ("num_hidden_layers", folder.configuration?.numHiddenLayers, configuration.depth),
        ("hidden_size", folder.configuration?.hiddenSize, configuration.width),
        ("vocab_size", folder.configuration?.vocabSize, LanguageModelConfiguration.vocabulary),
      ])
  }

  private static func rwkv(
    _ folder: PretrainedFolder, _ names: ForeignNames
  ) throws(ImportError) -> LanguageModelConfiguration {
    let width = try width(folder, names)
    let hidden = try extents(folder, names.foreign("blocks.0.feedForward.key.weight")!.name, rank: 2)[0]
    var configuration = LanguageModelConfiguration(
      mixer: "rwkv4", width: width, depth: depth(folder, names, "mixer.logDecay"), heads: 1, feedForward: .rwkv,
      hidden: hidden, norm: .layer, bias: false)
    try compare(folder, with: configuration)
    configuration.normEpsilon = folder.configuration?.layerNormEpsilon
    configuration.tiedHead = folder.configuration?.tieWordEmbeddings ?? false
    return configuration
  }

  /// The parts that Mamba and Mamba-2 share; both are pre-norm and have no other layers.
  private static func mamba(
    _ folder: PretrainedFolder, _ names: ForeignNames, mixer: String, width: Int
  ) throws(ImportError) -> LanguageModelConfiguration {
    let settings = folder.configuration
    guard ["silu", "swish", nil].contains(settings?.hiddenAct) else {
      throw .unsupported(path: folder.path, what: "hidden_act is \(settings?.hiddenAct ?? ""); expected silu")
    }
    var configuration = LanguageModelConfiguration(
      mixer: mixer, width: width, depth: depth(folder, names, "mixer.logDecay"), heads: 1, feedForward: .absent,
      norm: .rms, bias: false)
    try compare(folder, with: configuration)
    configuration.normEpsilon = settings?.layerNormEpsilon ?? 1e-5
    configuration.tiedHead = settings?.tieWordEmbeddings ?? true
    return configuration
  }

  private static func mamba(_ folder: PretrainedFolder) throws(ImportError) -> LanguageModelConfiguration {
    let width = try width(folder, .mamba)
    let layer = "backbone.layers.0.mixer."
    let decay = try extents(folder, layer + "A_log", rank: 2)
    let taps = try extents(folder, layer + "conv1d.weight", rank: 3)[2]
    let rank = try extents(folder, layer + "dt_proj.weight", rank: 2)[1]
    let expansion = try expansion(decay[0], width, folder)
    let told = folder.configuration
    try compare(folder, [("state_size", told?.stateSize, decay[1]), ("conv_kernel", told?.convKernel, taps)])
    let mixer = "mamba:state=\(decay[1]),expansion=\(expansion),convolution=\(taps),rank=\(rank)"
    return try mamba(folder, .mamba, mixer: mixer, width: width)
  }

  private static func mamba2(_ folder: PretrainedFolder) throws(ImportError) -> LanguageModelConfiguration {
    let width = try width(folder, .mamba2)
    let layer = "backbone.layers.0.mixer."
    let heads = try extents(folder, layer + "A_log", rank: 1)[0]
    let inner = try extents(folder, layer + "norm.weight", rank: 1)[0]
    let convolution = try extents(folder, layer + "conv1d.weight", rank: 3)
    let groups = folder.configuration?.nGroups ?? 8
    guard groups > 0, convolution[0] > inner, (convolution[0] - inner) % (2 * groups) == 0, inner % heads == 0 else {
      throw .unsupported(
        path: folder.path,
        what:
          "\(convolution[0]) channels of the convolution, \(inner) inner ones, \(heads) heads and n_groups \(groups) "
          + "do not agree")
    }
    for (place, limit) in (folder.configuration?.timeStepLimit ?? []).enumerated() {
      if case .number(let value) = limit, place == 0 ? value > 0 : value < 1e30 {
        throw .unsupported(path: folder.path, what: "time_step_limit has \(value); step sizes have no limits here")
      }
    }
    let state = (convolution[0] - inner) / (2 * groups)
    let told = folder.configuration
    try compare(folder, [("state_size", told?.stateSize, state), ("conv_kernel", told?.convKernel, convolution[2])])
    let mixer =
      "mamba2:state=\(state),expansion=\(try expansion(inner, width, folder)),convolution=\(convolution[2]),"
      + "headWidth=\(inner / heads),groups=\(groups)"
    return try mamba(folder, .mamba2, mixer: mixer, width: width)
  }

  private static func expansion(_ inner: Int, _ width: Int, _ folder: PretrainedFolder) throws(ImportError) -> Int {
    guard inner % width == 0 else {
      throw .unsupported(
        path: folder.path, what: "\(inner) inner channels; expected a multiple of the width, \(width)")
    }
    return inner / width
  }
}

extension ForeignNames.Change {
  /// The shape there of a tensor that has a shape here.
  func shape(for own: [Int]) -> [Int] {
    switch self {
    case .none: own
    case .transposed: own.reversed()
    case .flattened: [1, 1] + own
    case .taps: [own[1], 1, own[0]]
    }
  }

  /// The tensor here of one there.
  func applied(to tensor: Tensor) -> Tensor {
    switch self {
    case .none, .flattened: tensor
    case .transposed: tensor.transposed([1, 0])
    case .taps: tensor.transposed([2, 0, 1])
    }
  }
}
