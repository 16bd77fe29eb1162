import Foundation
import GodwitModels

/// Command lines, as a person types them.
enum ShellCommand {
  /// The command that this process was started with.
  static var current: String { line("godwit", Array(CommandLine.arguments.dropFirst())) }

  /// How this process was called.
  static var program: String {
    program(calledAs: CommandLine.arguments[0], in: FileManager.default.currentDirectoryPath)
  }

  /// How a program is called from a folder: where it lies in that, by the path from there.
  static func program(calledAs name: String, in folder: String) -> String {
    let folder = folder.hasSuffix("/") ? folder : folder + "/"
    guard name.hasBytes(first: folder) else { return quoted(name) }
    let path = String(Substring(name.utf8.dropFirst(folder.utf8.count)))
    return quoted(path.utf8.contains(UInt8(ascii: "/")) ? path : "./" + path)
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
