/// What a command says when it cannot do its work, and what to do about it.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
