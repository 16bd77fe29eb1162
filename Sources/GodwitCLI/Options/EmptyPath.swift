import ArgumentParser

/// Refuses a path of no characters, such as a script's variable that is not set leaves.
func refuseEmptyPath(_ path: String?, _ name: String) throws {
  if path == "" { throw ValidationError("\(name) '': give a path of at least one character") }
}
