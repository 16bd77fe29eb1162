extension Trainer where Task == LanguageModeling {
  /// A new run of language modelling; nothing is written yet.
  public init(_ request: TrainingRequest) throws(TrainingError) {
    // What can be refused without reading the text.
    try Task.validate(request.model, request.options)
    try Self.requireMemory(request.model, request.options)
    try request.checkArchitecture()
    do throws(RunError) { try RunFolder(request.folder).requireFree() } catch { throw .run(error) }
    let task = try LanguageModeling(request)
    try self.init(
      NewRun(
        task, folder: request.folder, options: request.options, parameters: request.parameters,
        origin: request.from?.folder.path ?? request.weights, command: request.command))
  }

  /// A run of language modelling that goes on from its last checkpoint; no other process can do so while the trainer exists.
  ///
  /// - Parameters:
  ///   - learningRate: the greatest learning rate from here on, with which the rest of the schedule is scaled; as it was if
  ///     nil. It is the one option that may change, and the run keeps record of it.
  ///   - paths: where the text is now; the files that it began with, where they were, if nil.
  public init(
    resuming path: String, paths: [String]? = nil, learningRate: Double? = nil
  ) throws(TrainingError) {
    try self.init(resuming: path, learningRate: learningRate) { configuration, folder throws(TrainingError) in
      let text = try TrainingText.resumed(configuration, in: folder, at: paths)
      return LanguageModeling(text, configuration.data, configuration.model, configuration.training)
    }
  }
}

extension TrainingText {
  /// The text that a run began with: the copy that it keeps, or its files, so that others that have come to their folders do
  /// not matter.
  static func resumed(
    _ configuration: RunConfiguration<LanguageModeling>, in folder: RunFolder, at paths: [String]?
  ) throws(TrainingError) -> TrainingText {
    let (data, model, options) = (configuration.data, configuration.model, configuration.training)
    guard data.byteCount > 0 else { throw .noText(run: folder.path) }
    let listing = TextListing(of: folder, checkedBy: data)
    if paths == nil, let checksum = data.copyChecksum,
      let copy = try TextCopy.read(in: folder, checksum: checksum)
    {
      return try TrainingText(copy, listing ?? .forgotten, model, options)
    }
    let places = paths ?? listing?.files.map(\.path) ?? data.paths
    do throws(TrainingError) {
      return try TrainingText(places, model, options) { found throws(TrainingError) in
        guard !TextFingerprint(found, paths: places).hasSameText(as: data) else { return }
        let difference = listing?.difference(from: found) ?? "its files are not the same"
        throw .textChanged(run: folder.path, difference: difference)
      }
    } catch {
      guard paths == nil, case .text(.missing(let path, _)) = error else { throw error }
      throw .textMissing(run: folder.path, path: path)
    }
  }
}

extension Run where Task == LanguageModeling {
  /// Reads what a run of language modelling was made with and what it recorded; its models are read when they are asked for.
  ///
  /// The run may be in training at the time.
  public init(loading path: String) throws(RunError) { try self.init(loading: path, of: LanguageModeling.self) }
}

extension RunConfiguration where Task == LanguageModeling {
  /// The text.
  public var text: TextFingerprint { data }
}
