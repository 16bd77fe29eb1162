/// The texts that a safetensors file carries beside its tensors, by their names; two names are the same if their bytes are.
public struct SafetensorsMetadata: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  private var texts: [ByteString: String] = [:]

  /// No texts, or those of a literal.
  ///
  /// - Precondition: no name occurs twice.
  public init(dictionaryLiteral elements: (String, String)...) {
    texts = Dictionary(uniqueKeysWithValues: elements.map { (ByteString($0), $1) })
  }

  /// The text of a name; nil if there is none.
  public subscript(name: String) -> String? {
    get { texts[ByteString(name)] }
    set { texts[ByteString(name)] = newValue }
  }

  /// The names, in the order of their bytes.
  public var names: [String] { texts.keys.sorted().map(\.text) }

  /// Whether there are no texts.
  public var isEmpty: Bool { texts.isEmpty }
}
