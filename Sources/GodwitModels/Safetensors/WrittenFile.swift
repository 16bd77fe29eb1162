/// What a file on the disk is, of those that this program writes.
package enum WrittenFile: Sendable, Hashable {
  /// The weights of a model, for other programs.
  case weights
  /// What a model has of a text.
  case state
  /// A checkpoint of a run.
  case checkpoint

  /// What the file says that it is; nil for any other file.
  package init?(at path: String) {
    guard let metadata = try? SafetensorsFile(reading: path).metadata else { return nil }
    self.init(metadata: metadata)
  }

  /// What the metadata of a safetensors file say that it is; nil for any other file.
  init?(metadata: SafetensorsMetadata) {
    if metadata[WeightsFile.configurationKey] != nil {
      self = .weights
    } else if metadata[StateFile.Key.fingerprint] != nil {
      self = .state
    } else if metadata[CheckpointKey.checksum] != nil {
      self = .checkpoint
    } else {
      return nil
    }
  }
}
