import Foundation

/// Command lines, as a person types them.
enum ShellCommand {
  /// The command that this process was started with.
  static var current: String { line("godwit", Array(CommandLine.arguments.dropFirst())) }

  /// How this process was called, with a path from the current folder where it lies in that.
  static var program: String {
    let (name, folder) = (CommandLine.arguments[0], FileManager.default.currentDirectoryPath + "/")
    return quoted(name.hasPrefix(folder) ? String(name.dropFirst(folder.count)) : name)
  }

  /// A command with its arguments, quoted where the shell needs it.
  static func line(_ program: String, _ arguments: [String]) -> String {
    ([program] + arguments.map(quoted)).joined(separator: " ")
  }

  private static func quoted(_ argument: String) -> String {
    let plain = argument.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "="): true
      case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "+"): true
      default: false
      }
    }
    if plain, !argument.isEmpty { return argument }
    return "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}
