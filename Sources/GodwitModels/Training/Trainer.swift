import Foundation

/// Trains a byte-level language model on text, and keeps all of it in a folder.
///
///     let trainer = try Trainer(TrainingRequest(paths: ["book.txt"], folder: "runs/book"))
///     try trainer.train { event in print(event) }
///
/// A run that was stopped, in whatever way, goes on from its last checkpoint bit for bit as if it never had been; the
/// number of threads does not matter either.
public struct Trainer: Sendable {
  /// The folder of the run.
  public let folder: RunFolder
  /// The architecture.
  public let model: LanguageModelConfiguration
  /// The options, all of them decided only if the run is resumed.
  public let options: TrainingOptions
  private let text: TrainingText
  private let beginning: Beginning

  private enum Beginning: Sendable {
    case new(TrainingRequest)
    case resumed(RunConfiguration, RunLock)
  }

  /// How training ended.
  public enum Outcome: Sendable, Hashable {
    /// All steps are made.
    case finished
    /// It was told to stop, and saved.
    case interrupted(SavedCheckpoint)
    /// It was told to stop before there was anything to save.
    case abandoned
  }

  /// A new run; nothing is written yet.
  public init(_ request: TrainingRequest) throws(TrainingError) {
    folder = RunFolder(request.folder)
    (model, options) = (request.model, request.options)
    do throws(ConfigurationError) { try model.validate() } catch { throw .configuration(error) }
    do throws(TrainingOptionError) { try options.validate() } catch { throw .option(error) }
    try MemoryEstimate(model, options).requireAvailable()
    try request.checkArchitecture()
    do throws(RunError) { try folder.requireFree() } catch { throw .run(error) }
    beginning = .new(request)
    text = try TrainingText(request.paths, model, options)
  }

  /// A run that goes on from its last checkpoint; no other process can do so while the trainer exists.
  ///
  /// - Parameters:
  ///   - paths: where the text is now; the files that it began with, where they were, if nil.
  public init(resuming path: String, paths: [String]? = nil) throws(TrainingError) {
    folder = RunFolder(path)
    let configuration: RunConfiguration
    do throws(RunError) {
      configuration = try RunConfiguration(of: folder)
      beginning = .resumed(configuration, try RunLock(folder))
    } catch { throw .run(error) }
    (model, options) = (configuration.model, configuration.training)
    try MemoryEstimate(model, options).requireAvailable()
    text = try Self.text(of: configuration, in: folder, at: paths)
  }

  /// The text that a run began with: its files, so that others that have come to their folders do not matter.
  private static func text(
    of configuration: RunConfiguration, in folder: RunFolder, at paths: [String]?
  ) throws(TrainingError) -> TrainingText {
    let listing = TextListing(of: folder, checkedBy: configuration.text)
    let places = paths ?? listing?.files.map(\.path) ?? configuration.text.paths
    do throws(TrainingError) {
      return try TrainingText(places, configuration.model, configuration.training) { found throws(TrainingError) in
        let now = TextFingerprint(found, paths: places)
        guard !now.hasSameText(as: configuration.text) else { return }
        let difference = listing?.difference(from: found) ?? "its files are not the same"
        throw .textChanged(run: folder.path, difference: difference)
      }
    } catch {
      guard paths == nil, case .text(.missing(let path, _)) = error else { throw error }
      throw .textMissing(run: folder.path, path: path)
    }
  }

  /// Trains to the end, or until `shouldStop` says so, which is asked before each step.
  ///
  /// - Parameters:
  ///   - report: told what happens, on the same thread; training waits for it.
  @discardableResult
  public func train(
    shouldStop: () -> Bool = { false }, report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> Outcome {
    var session: TrainingSession
    switch beginning {
    case .resumed(let configuration, _):
      session = try TrainingSession(resuming: configuration, in: folder, text)
    case .new(let request):
      guard let new = try TrainingSession(request, text, shouldStop: shouldStop) else { return .abandoned }
      session = new
    }
    return try session.run(shouldStop: shouldStop, report: report)
  }
}
