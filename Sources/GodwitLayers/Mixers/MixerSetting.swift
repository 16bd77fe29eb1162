/// A number by which the mixers of one kind differ, such as the width of a window.
///
/// It is written behind the name of the kind: `local:window=64`.
public struct MixerSetting: Sendable, Hashable {
  /// Its name, in lower camel case.
  public let name: String
  /// What it decides, in a few words.
  public let meaning: String
  /// The value that it has unless told.
  public let standard: Int
  /// The values that it can have.
  public let range: ClosedRange<Int>

  /// A setting with a standard value.
  public init(_ name: String, _ meaning: String, standard: Int, range: ClosedRange<Int>) {
    self.name = name
    self.meaning = meaning
    self.standard = standard
    self.range = range
  }
}
